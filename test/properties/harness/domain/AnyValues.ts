/** Values as states are made of them: of everything that has to be copied and compared. */
import fc from 'fast-check'

const leaf = fc.oneof(
  fc.constantFrom(null, undefined, 0, -0, Number.NaN, true, 5n),
  fc.integer(),
  fc.string(),
  fc.date(),
  fc.uint8Array({ maxLength: 3 }),
)

/** Arbitrary values. */
export const samples: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('record'),
    tie('list'),
    tie('map'),
    tie('set'),
  ),
  record: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  set: fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
})).value

import fc from 'fast-check'
import * as t from 'io-ts'
import { declaredOnly } from '../../../../src/adapters/http/Declared.js'
import { law } from '../../Law.js'
import { textOf } from '../../store/Samples.js'

/** A codec, a value of it, and the same value with more in it than the codec says. */
interface Sample {
  readonly codec: t.Mixed
  readonly value: unknown
  readonly swollen: unknown
}

const extra = { hidden: 'x', __proto__: null }

const scalar: fc.Arbitrary<Sample> = fc.oneof(
  fc.string().map((value) => ({ codec: t.string, value, swollen: value })),
  fc.integer().map((value) => ({ codec: t.number, value, swollen: value })),
  fc.jsonValue({ maxDepth: 1 }).map((value) => ({ codec: t.unknown, value, swollen: value })),
)

const inside = (sample: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> =>
  fc.oneof(
    fc.tuple(sample, sample).map(([a, b]) => ({
      codec: t.type({ a: a.codec, b: b.codec }),
      value: { a: a.value, b: b.value },
      swollen: { a: a.swollen, b: b.swollen, ...extra },
    })),
    sample.map((a) => ({
      codec: t.partial({ a: a.codec, missing: t.string }),
      value: { a: a.value },
      swollen: { a: a.swollen, ...extra },
    })),
    fc.tuple(sample, sample).map(([a, b]) => ({
      codec: t.intersection([
        t.type({ a: a.codec, c: t.type({ d: t.string }) }),
        t.type({ b: b.codec, c: t.type({ e: t.string }) }),
      ]),
      value: { a: a.value, c: { d: 'd', e: 'e' }, b: b.value },
      swollen: { a: a.swollen, c: { d: 'd', e: 'e', ...extra }, b: b.swollen, ...extra },
    })),
    sample.map((a) => ({
      codec: t.array(t.strict({ a: a.codec })),
      value: [{ a: a.value }, { a: a.value }],
      swollen: [{ a: a.swollen, ...extra }, { a: a.swollen }],
    })),
    sample.map((a) => ({
      codec: t.union([
        t.type({ type: t.literal('Other'), hidden: t.string }),
        t.type({ type: t.literal('This'), a: a.codec }),
      ]),
      value: { type: 'This', a: a.value },
      swollen: { type: 'This', a: a.swollen, ...extra },
    })),
    sample.map((a) => ({
      codec: t.readonly(t.type({ a: t.tuple([a.codec, t.string]) })),
      value: { a: [a.value, 'x'] },
      swollen: { a: [a.swollen, 'x'], ...extra },
    })),
    sample.map((a) => ({
      codec: t.record(
        t.string,
        t.recursion('R', (): t.Mixed => t.type({ a: a.codec })),
      ),
      value: { any: { a: a.value } },
      swollen: { any: { a: a.swollen, ...extra } },
    })),
  )

const sample = inside(fc.oneof(scalar, inside(fc.oneof(scalar, inside(scalar)))))

const onlyDeclared = (declared: typeof declaredOnly) =>
  fc.property(
    sample,
    ({ codec, value, swollen }) =>
      codec.is(swollen) && textOf(declared(codec, codec.encode(swollen))) === textOf(value),
  )

law('DCL-1 declared', onlyDeclared(declaredOnly), { numRuns: 500 })
law.rejects(
  'DCL-1',
  'what the codec encodes',
  onlyDeclared((_, encoded) => encoded),
)
law.rejects(
  'DCL-1',
  'the declared parts of the outermost object alone',
  onlyDeclared((codec, encoded) =>
    codec instanceof t.InterfaceType || codec instanceof t.PartialType
      ? t.exact(codec).encode(encoded)
      : encoded,
  ),
)
law.rejects(
  'DCL-1',
  'the parts of an intersection without those below',
  onlyDeclared((codec, encoded) =>
    codec instanceof t.IntersectionType ? encoded : declaredOnly(codec, encoded),
  ),
)

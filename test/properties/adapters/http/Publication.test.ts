import type { RecordedEvent } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O } from 'fp-ts'
import { expect, test } from 'vitest'
import { textOfEvent } from '../../../../src/adapters/http/CloudEvent.js'
import { type PublicFilter, publication } from '../../../../src/adapters/http/Publication.js'
import { receivedEvent } from '../../../../src/adapters/http/ReceivedEvent.js'
import { law } from '../../Law.js'
import { textOf } from '../../store/Samples.js'
import { faultsOf } from './CloudEventsSpec.js'
import { line, lines, logOf, publicView, secret, shopOptions, shopWith } from './Shop.js'

const all: PublicFilter = { types: [], subjects: [], categories: [], tags: [] }

type Options = typeof shopOptions

/** The text that goes out for an event, or undefined. */
const textFor = (options: Options, event: RecordedEvent): string | undefined => {
  const published = publication(options).publish(all)(event)
  if (E.isLeft(published)) throw new Error(published.left.reason)
  return O.isSome(published.right) ? textOfEvent(published.right.value) : undefined
}

const saysNothingElse = (options: Options) =>
  fc.asyncProperty(lines, async (log) =>
    (await logOf(await shopWith(log))).every((event) => {
      const text = textFor(options, event)
      if (text === undefined) return publicView(event) === undefined
      if (text.includes(secret) || faultsOf(JSON.parse(text)).length > 0) return false
      const read = receivedEvent(JSON.parse(text), '', undefined)
      return E.isRight(read) && O.isSome(read.right) && textOf(read.right.value) === textOf(publicView(event))
    }),
  )

law('PBL-1 nothing else', saysNothingElse(shopOptions))
law.rejects('PBL-1', 'a publication of all tags', saysNothingElse({ ...shopOptions, tags: () => true }))
law.rejects(
  'PBL-1',
  'a publication of what is inside',
  saysNothingElse({
    ...shopOptions,
    publish: {
      ...shopOptions.publish,
      Placed: { as: 'com.example.order.placed.v1', data: ({ order, margin }) => ({ order, note: margin }) },
    },
  }),
)

/** Events of the shop, some of whose data its codec cannot read. */
const brokenLog = fc.array(fc.tuple(line, fc.boolean()), { maxLength: 12 })

type Publish = ReturnType<typeof publication>['publish']

const skipsNothing = (publish: Publish) =>
  fc.asyncProperty(brokenLog, async (log) => {
    const recorded = await logOf(await shopWith(log.map(([each]) => each)))
    return recorded.every((event, index) => {
      const isBroken = log[index]?.[1] === true && event.type !== 'Audited'
      const published = publish(all)(isBroken ? { ...event, data: { order: 7 } } : event)
      if (isBroken) return E.isLeft(published) && published.left.event.position === event.position
      return E.isRight(published) && O.isSome(published.right) === (publicView(event) !== undefined)
    })
  })

const { publish } = publication(shopOptions)

law('PBL-2 nothing skipped', skipsNothing(publish))
law.rejects(
  'PBL-2',
  'a publication that passes over what it cannot read',
  skipsNothing((filter) => (event) => {
    const published = publish(filter)(event)
    return E.isLeft(published) ? E.right(O.none) : published
  }),
)

test('a rule that throws, and one that breaks the contract, are failures that name the event', async () => {
  const [event] = await logOf(
    await shopWith([
      { type: 'Placed', stream: 'order-1', order: 'o1', note: 1, tags: [], correlationId: undefined },
    ]),
  )
  const rules: ReadonlyArray<() => never> = [
    () => {
      throw new Error('no such depot')
    },
    () => ({ order: 5 }) as never,
    () => ({ order: 'o1', note: () => 1 }) as never,
  ]
  for (const data of rules) {
    const options: Options = {
      ...shopOptions,
      publish: { Placed: { as: 'com.example.order.placed.v1', data } },
    }
    const published = event && publication(options).publish(all)(event)
    expect(published).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'Unpublishable', event: { position: 1n } },
    })
  }
})

test('rules for types and names that do not exist are refused when the feed is made', () => {
  const rule = { as: 'com.example.order.placed.v1', data: () => ({ order: '', note: 1 }) } as const
  const strange = { Strange: rule } as object as Options['publish']
  expect(() => publication({ ...shopOptions, publish: strange })).toThrow("'Strange'")
  const misnamed = { Placed: { ...rule, as: 'com.example.other' } } as object as Options['publish']
  expect(() => publication({ ...shopOptions, publish: misnamed })).toThrow("'com.example.other'")
})

test('where nothing is published, nothing is read, and no event is asked for by an empty list of types', () => {
  expect(publication({ ...shopOptions, publish: {} }).queryOf(all)).toMatchObject({
    _tag: 'AnyOf',
    items: [{ types: [expect.any(String)] }],
  })
})

test('the compiler knows the types, the names, the events and the data', () => {
  const { Placed } = {
    Placed: { as: 'com.example.order.placed.v1', data: () => ({ order: '', note: 1 }) },
  } as const
  const wrong: ReadonlyArray<Options['publish']> = [
    { Placed },
    // @ts-expect-error There is no such name.
    { Placed: { ...Placed, as: 'com.example.order.placed.v2' } },
    // @ts-expect-error The data of the name has an order.
    { Placed: { ...Placed, data: () => ({ note: 1 }) } },
    // @ts-expect-error The event of the type has no price.
    { Placed: { ...Placed, data: ({ price }) => ({ order: price, note: 1 }) } },
    // @ts-expect-error There is no such type.
    { Lost: Placed },
  ]
  expect(wrong).toHaveLength(5)
})

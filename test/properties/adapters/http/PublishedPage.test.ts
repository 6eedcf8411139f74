import { beginning, type GlobalPosition, globalPosition } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { type PublicFilter, publication } from '../../../../src/adapters/http/Publication.js'
import { publishedPage } from '../../../../src/adapters/http/PublishedPage.js'
import { law } from '../../Law.js'
import { type Line, lines, publicLogOf, shopOptions, shopWith } from './Shop.js'

const published = publication(shopOptions)

const filter: fc.Arbitrary<PublicFilter> = fc.record({
  types: fc.subarray([...published.names]),
  subjects: fc.subarray(['order-1', 'parcel-1', 'nobody', '-']),
  categories: fc.subarray(['order', 'parcel']),
  tags: fc.subarray(['public', 'public:a b', 'private:SECRET']),
})

const limits = fc.record({
  limit: fc.integer({ min: 1, max: 5 }),
  bytesMax: fc.constantFrom(1, 400, 1_000_000),
})

const isAskedFor = (filter: PublicFilter) => {
  const isIn = (names: ReadonlyArray<string>, name: string) => names.length === 0 || names.includes(name)
  return ({ type, stream, tags }: Awaited<ReturnType<typeof publicLogOf>>[number]): boolean =>
    isIn(filter.types, type) &&
    isIn(filter.subjects, stream) &&
    isIn(filter.categories, stream.split('-')[0] ?? '') &&
    filter.tags.every((tag) => tags.some((each) => each === tag))
}

type Read = typeof publishedPage

const pagesAreWhole = (read: Read) =>
  fc.asyncProperty(lines, filter, limits, async (log, asked, limited) => {
    const store = await shopWith(log)
    const page = read(store.feed, published)
    const places: Array<GlobalPosition> = []
    for (let after = beginning; ; ) {
      const found = await page(asked, after, limited)()
      if (E.isLeft(found)) throw new Error(found.left._tag)
      const { events, upTo, beyond } = found.right
      if (events.length > limited.limit || (beyond === 'more' && upTo <= after)) return false
      if (events.some(({ position }) => position <= after || position > upTo)) return false
      places.push(...events.map(({ position }) => position))
      after = upTo
      if (beyond === 'nothing') break
    }
    const expected = (await publicLogOf(store)).filter(isAskedFor(asked))
    return places.join() === expected.map(({ position }) => position).join()
  })

law('PPG-1 whole', pagesAreWhole(publishedPage), { numRuns: 300 })
law.rejects(
  'PPG-1',
  'pages that reach as far as the page of the log they were made from',
  pagesAreWhole((feed, from) => (asked, after, limited) => async () => {
    const page = await publishedPage(feed, from)(asked, after, limited)()
    const whole = await feed.page(from.queryOf(asked), after, 256)()
    return E.isRight(page) && E.isRight(whole) ? E.right({ ...page.right, upTo: whole.right.upTo }) : page
  }),
)
law.rejects(
  'PPG-1',
  'pages that begin with the last event of the one before',
  pagesAreWhole(
    (feed, from) => (asked, after, limited) =>
      publishedPage(feed, from)(asked, globalPosition(after > 0n ? after - 1n : 0n), limited),
  ),
)

const placed = (order: string): Line => ({
  type: 'Placed',
  stream: 'order-1',
  order,
  note: null,
  tags: [],
  correlationId: undefined,
})

test('an event that cannot be published is a failure when it is next, and hides nothing before it', async () => {
  const store = await shopWith([placed('o1'), placed('broken'), placed('o2')])
  const rules = {
    Placed: {
      as: 'com.example.order.placed.v1',
      data: ({ order }: { readonly order: string }) => {
        if (order === 'broken') throw new Error('broken')
        return { order, note: null }
      },
    },
  } as const
  const page = publishedPage(store.feed, publication({ ...shopOptions, publish: rules }))
  const asked = { types: [], subjects: [], categories: [], tags: [] }
  const size = { limit: 10, bytesMax: 10_000 }
  const first = await page(asked, beginning, size)()
  expect(first).toMatchObject({ right: { upTo: 1n, beyond: 'more', events: [{ position: 1n }] } })
  expect(await page(asked, globalPosition(1), size)()).toMatchObject({ left: { event: { position: 2n } } })
  expect(await page({ ...asked, subjects: ['order-2'] }, globalPosition(1), size)()).toMatchObject({
    right: { upTo: 3n, beyond: 'nothing' },
  })
})

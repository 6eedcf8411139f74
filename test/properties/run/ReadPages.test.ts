/** The law of `ReadPages`: paging changes how much is held at once, and nothing else. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { handle, queryPages, streamPages, systemEnvironment } from 'decider-ts/run'
import { type EventStore, everything, type RecordedEvent, streamId } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { arbitraryCommand, Till } from './Till.js'

type Reads = { readonly stream: typeof streamPages; readonly query: typeof queryPages }

const collect = async (pages: ReturnType<typeof streamPages>) => {
  const events: Array<RecordedEvent> = []
  for await (const page of pages) {
    if (E.isLeft(page)) throw new Error(page.left._tag)
    events.push(...page.right)
  }
  return events
}

const whole = async (read: ReturnType<EventStore['read']>) => {
  const slice = await read()
  if (E.isLeft(slice)) throw new Error(slice.left._tag)
  return slice.right.events
}

const isWhole = ({ stream, query }: Reads) =>
  fc.asyncProperty(
    fc.array(arbitraryCommand()),
    fc.integer({ min: 1, max: 5 }),
    async (commands, pageSize) => {
      const store = memoryStore()
      for (const command of commands) await handle(store, Till)(command)()
      const all = await whole(store.read(everything))
      deepStrictEqual(await collect(query(store, everything, { pageSize })), all)
      const one = streamId('till', 'a')
      deepStrictEqual(
        await collect(stream(store, one, { pageSize })),
        all.filter((event) => event.stream === one),
      )
    },
  )

law('PAG-1 whole', isWhole({ stream: streamPages, query: queryPages }))
law.rejects(
  'PAG-1',
  'a reader that stops after the first page',
  isWhole({
    stream: streamPages,
    query: async function* (store, query, range) {
      for await (const page of queryPages(store, query, range)) {
        yield page
        return
      }
    },
  }),
)

test('a failed read is the last page', async () => {
  const pages = streamPages(memoryStore(), streamId('till', ''.padEnd(600, 'x')))
  const tags: Array<string> = []
  for await (const page of pages) tags.push(page._tag)
  expect(tags).toEqual(['Left'])
  expect(systemEnvironment.now()).toBeGreaterThan(0)
})

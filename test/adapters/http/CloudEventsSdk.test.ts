/**
 * What a feed publishes, read by the SDK of CloudEvents: somebody else's reading of the standard, beside the rules that
 * were written down from it. Hostile texts are among the events.
 */
import { CloudEvent, type CloudEventV1, HTTP } from 'cloudevents'
import { publishedFeed } from 'decider-ts/adapters/http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lines, publicLogOf, serving, shopOptions, shopWith } from '../../properties/adapters/http/Shop.js'
import { send } from '../../properties/adapters/http/Wire.js'
import { seed } from '../../properties/Law.js'

/** The events of a batch, as the SDK reads them, which checks each of them. */
const readBySdk = (
  headers: Readonly<Record<string, string>>,
  body: string,
): ReadonlyArray<CloudEventV1<unknown>> => {
  const read = HTTP.toEvent<unknown>({ headers: { ...headers }, body })
  return Array.isArray(read) ? read : [read]
}

const batch = { 'content-type': 'application/cloudevents-batch+json' }

test('the SDK reads every page, and finds each event valid', async () => {
  let events = 0
  const property = fc.asyncProperty(lines, async (log) => {
    const store = await shopWith(log)
    const page = await serving(publishedFeed(store, shopOptions), (url) => send(url))
    expect(page.headers['content-type']).toContain(batch['content-type'])
    const read = readBySdk(batch, page.body)
    for (const event of read) expect(new CloudEvent(event).validate()).toBe(true)
    const published = await publicLogOf(store)
    expect(read.map(({ id, type }) => [id, type])).toEqual(published.map(({ id, type }) => [id, type]))
    events += read.length
  })
  await fc.assert(property, { seed, numRuns: 40 })
  expect(events).toBeGreaterThan(20)
})

test('it refuses an event without a source, and one whose time is none', () => {
  const whole = { specversion: '1.0', id: '1', source: '/here', type: 'com.example.placed.v1' }
  expect(readBySdk(batch, JSON.stringify([whole])).map(({ id }) => id)).toEqual(['1'])
  const { source: _, ...sourceless } = whole
  for (const wrong of [sourceless, { ...whole, time: 'yesterday' }]) {
    expect(() => {
      for (const event of readBySdk(batch, JSON.stringify([wrong]))) new CloudEvent(event).validate()
    }).toThrow()
  }
})

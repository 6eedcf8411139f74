/**
 * A feed over HTTP is a feed: the cases that every store with a feed has to pass run on one whose log is read over a
 * socket. Events are written to the store behind it; the public view of them happens to be all of them.
 */
import { anyone, contract, httpFeed, publishedFeed } from 'decider-ts/adapters/http'
import { memoryStore } from 'decider-ts/adapters/memory'
import { postgresStore } from 'decider-ts/adapters/postgres'
import { eventCodec, taggedCodec } from 'decider-ts/evolve'
import { feedSuite } from 'decider-ts/harness'
import type { FollowedStore } from 'decider-ts/run'
import * as t from 'io-ts'
import { describe, test } from 'vitest'
import { seed } from '../../properties/Law.js'
import { connect, hints, install } from '../postgres/support.js'
import { listening } from './Server.js'

const numbered = t.type({ n: t.number })
const names = { 'com.example.happened.v1': 'Happened', 'com.example.rare.v1': 'Rare' }

const published = (store: FollowedStore) =>
  listening(
    publishedFeed(store, {
      source: 'https://conformance.example',
      contract: contract({ 'com.example.happened.v1': numbered, 'com.example.rare.v1': numbered }),
      events: eventCodec(
        taggedCodec(
          t.union([
            t.type({ type: t.literal('Happened'), n: t.number }),
            t.type({ type: t.literal('Rare'), n: t.number }),
          ]),
        ),
      ),
      publish: {
        Happened: { as: 'com.example.happened.v1', data: ({ n }) => ({ n }) },
        Rare: { as: 'com.example.rare.v1', data: ({ n }) => ({ n }) },
      },
      tags: () => true,
      authorize: anyone,
    }),
  )

const open = async (wakes: 'stream' | 'none') => {
  const store = memoryStore()
  const { url, close } = await published(store)
  return { store: { ...store, feed: httpFeed({ url, reads: names, hints: wakes }) }, close }
}

/** The store on Postgres, with writers on connections of their own; their appends are settled when they have ended. */
const openPostgres = async () => {
  const { store, schema, end } = await install()
  const others: Array<ReturnType<typeof connect>> = []
  const { url, close } = await published(store)
  const feed = httpFeed({ url, reads: names })
  return {
    store: { ...store, feed },
    connect: async () => {
      const sql = connect()
      others.push(sql)
      return { ...postgresStore(sql, { schema, hints }), feed }
    },
    close: async () => {
      await close()
      await Promise.all(others.map((sql) => sql.end()))
      await end()
    },
  }
}

describe('conformance of a feed over HTTP, with hints', () => {
  for (const { name, run } of feedSuite(() => open('stream'), { seed })) test(name, run)
})

describe('conformance of a feed over HTTP, without hints', () => {
  const isOfHints = (name: string): boolean => name.startsWith('C69')
  for (const { name, run } of feedSuite(() => open('none'), { seed })) if (!isOfHints(name)) test(name, run)
})

describe('conformance of a feed over HTTP, of a store on Postgres', () => {
  for (const { name, run } of feedSuite(openPostgres, { seed })) test(name, run)
})

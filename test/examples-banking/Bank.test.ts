/** A whole bank in memory: lanes of commands, the books they leave, and their digests. */
import type { EventStore } from 'decider-ts'
import { memoryStore } from 'decider-ts/adapters/memory'
import { either as E, taskEither as TE } from 'fp-ts'
import { expect, test } from 'vitest'
import type { AccountNumber } from '../../examples/banking/Account.js'
import { type Book, balanceOf, onDay, readBooks, totalsOf } from '../../examples/banking/Books.js'
import { generate, rush } from '../../examples/banking/Commands.js'
import type { Day } from '../../examples/banking/Day.js'
import { canonicalJson, digestOf } from '../../examples/banking/Digest.js'
import { runLanes, StoreFailure } from '../../examples/banking/Lanes.js'
import { type Lane, lengthOf } from '../../examples/banking/Order.js'

const booksOf = async (store: EventStore) => {
  const books = await readBooks(store)
  if (E.isLeft(books)) throw new Error(books.left._tag)
  return books.right
}

const bankOf = async (lanes: ReadonlyArray<Lane>, atOnce = 8) => {
  const store = memoryStore()
  const tally = await runLanes(store, { atOnce })(lanes)
  return { tally, books: await booksOf(store) }
}

const lanes = generate({ seed: 7, accounts: 20, commands: 400 })

test('the same seed makes up the same customers, another seed others', () => {
  expect(generate({ seed: 7, accounts: 20, commands: 400 })).toEqual(lanes)
  expect(generate({ seed: 8, accounts: 20, commands: 400 })).not.toEqual(lanes)
  expect(lanes.reduce((sum, lane) => sum + lengthOf(lane), 0)).toBeGreaterThan(380)
})

test('every command is answered, and the books have an event for each that was accepted', async () => {
  const { tally, books } = await bankOf(lanes)
  const commands = lanes.reduce((sum, lane) => sum + lengthOf(lane), 0)
  const { balance, credited, debited, residuals, events } = totalsOf(books)
  expect(tally.accepted + tally.refused.length).toBe(commands)
  expect(new Set(tally.refused.map(({ rejection }) => rejection.type)).size).toBeGreaterThan(3)
  expect(events).toBe(tally.accepted)
  expect(balance).toBe(credited - debited + residuals)
})

test('the digest does not depend on how many lanes run at once, and does on any fact', async () => {
  const [alone, together] = [await bankOf(lanes, 1), await bankOf(lanes, 32)]
  expect(digestOf(together.books)).toBe(digestOf(alone.books))
  expect(digestOf((await bankOf(lanes.slice(1))).books)).not.toBe(digestOf(alone.books))

  const altered = (alter: (book: Book) => Book) =>
    digestOf(
      new Map([...alone.books].map(([account, book], index) => [account, index === 0 ? alter(book) : book])),
    )
  expect(altered((book) => book)).toBe(digestOf(alone.books))
  expect(altered((book) => ({ ...book, recorded: book.recorded.toReversed() }))).not.toBe(
    digestOf(alone.books),
  )
  expect(altered((book) => ({ ...book, state: { status: 'unopened' } }))).not.toBe(digestOf(alone.books))
})

test('canonical JSON is the same text for equal values, whatever the order of their keys', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'ä"' }], a: undefined })).toBe(
    '{"b":[1,{"c":"ä\\"","d":null}]}',
  )
  expect(canonicalJson({ x: 1, y: 2 })).toBe(canonicalJson({ y: 2, x: 1 }))
})

test('callers who meet at one account lose races, and no deposit', async () => {
  const { opening, deposits } = rush('rush' as AccountNumber, 40)
  const store = memoryStore()
  const orderly = await runLanes(store, { atOnce: 1 })([opening])
  const crowd = await runLanes(store, { atOnce: 8 })(deposits.map((order) => [order]))
  const book = (await booksOf(store)).get('rush')
  expect(orderly.retried).toBe(0)
  expect(crowd.retried).toBeGreaterThan(0)
  expect(crowd.accepted).toBe(40)
  expect(book && balanceOf(book.state)).toBe(100 * ((40 * 41) / 2))
})

test('a book can be opened at any day of the bank’s calendar', async () => {
  const { books } = await bankOf(rushOnTwoDays())
  const book = books.get('b1')
  if (book === undefined) throw new Error('The account is missing.')
  const balances = ['2023-12-31', '2024-01-01', '2024-01-15', '2024-02-01'].map((day) =>
    balanceOf(onDay(day as Day)(book)),
  )
  expect(balances).toEqual([0, 100, 100, 300])
})

const rushOnTwoDays = (): ReadonlyArray<Lane> => {
  const { opening, deposits } = rush('b1' as AccountNumber, 2)
  const later = deposits.map((order, index) =>
    index === 0 ? order : { ...order, command: { ...order.command, on: '2024-02-01' as Day } },
  )
  return [[...opening, ...later]]
}

test('a store that fails ends the run with words that say where', async () => {
  const broken: EventStore = {
    ...memoryStore(),
    append: () =>
      TE.left({ _tag: 'Unavailable', outcome: 'nothing written', reason: 'no disk', cause: undefined }),
  }
  const running = runLanes(broken, { atOnce: 4 })(lanes)
  await expect(running).rejects.toThrow(StoreFailure)
  await expect(running).rejects.toThrow(
    /failed: The store could not be reached: no disk\. Nothing was written\./,
  )
})

test('an interrupted run stops before the next command', async () => {
  const controller = new AbortController()
  let answered = 0
  const running = runLanes(memoryStore(), {
    atOnce: 1,
    signal: controller.signal,
    onAnswer: (commands) => {
      answered += commands
      if (answered === 5) controller.abort()
    },
  })(lanes)
  await expect(running).rejects.toThrow(/abort/i)
  expect(answered).toBe(5)
})

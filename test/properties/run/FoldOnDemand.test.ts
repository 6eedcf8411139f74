/** The law of read models that are kept nowhere: they are the fold of the log, whatever the pages. */
import { deepStrictEqual } from 'node:assert/strict'
import { readModelOf } from 'decider-ts/evolve'
import { foldOnDemand } from 'decider-ts/run'
import fc from 'fast-check'
import { either as E, taskEither as TE } from 'fp-ts'
import { law } from '../Law.js'
import { deskIn, type Note, names, notes, writtenOf } from './Notes.js'
import { virtualWorld } from './VirtualWorld.js'

type FoldOnDemand = typeof foldOnDemand<ReadonlyArray<number>, Note>

const isFold = (fold: FoldOnDemand) =>
  fc.asyncProperty(
    fc.array(writtenOf('none', 'none', 'foreign', 'unreadable'), { maxLength: 12 }),
    fc.boolean(),
    fc.integer({ min: 1, max: 5 }),
    async (written, isMended, batchSize) => {
      const { store, write, log } = deskIn(virtualWorld())
      for (const one of written) await write(one)
      const expected = readModelOf(notes(isMended))(await log())
      const onDemand = fold(store, notes(isMended), { batchSize })
      deepStrictEqual(await onDemand()(), expected)
      for (const name of E.isRight(expected) ? names : []) {
        const state = E.isRight(expected) ? expected.right.get(name) : undefined
        deepStrictEqual(await onDemand(name)(), E.right(new Map(state === undefined ? [] : [[name, state]])))
      }
      return true
    },
  )

law('FOD-1 fold', isFold(foldOnDemand))
law.rejects(
  'FOD-1',
  'the first page only',
  isFold((store, projection, options) =>
    foldOnDemand({ ...store, head: TE.map(() => 1n as never)(store.head) }, projection, options),
  ),
)
law.rejects(
  'FOD-1',
  'one that answers every key',
  isFold((store, projection, options) => () => foldOnDemand(store, projection, options)()),
)

/** The laws of running process managers, on the keeper in memory. */
import { type OwedCommand, runProcessManager } from 'decider-ts/run'
import { beginning } from 'decider-ts/store'
import { taskEither as TE } from 'fp-ts'
import { describe } from 'vitest'
import { law } from '../Law.js'
import type { ProcessKeeper, Run } from './OrdersAtWork.js'
import { inOrder, once, rejections, stuck, timers } from './RunningOrders.js'

/** The runner with another keeper, or with other options. */
const runWith =
  (
    keeperOf: (keeper: ProcessKeeper) => ProcessKeeper,
    optionsOf: (options: Parameters<Run>[3]) => Parameters<Run>[3] = (options) => options,
  ): Run =>
  (store, keeper, process, options) =>
    runProcessManager(store, keeperOf(keeper), process, optionsOf(options))

const forgetful = runWith((keeper) => ({
  ...keeper,
  commit: (of, { owing: _owing, ...commit }) => keeper.commit(of, commit),
}))

const withNewIds = (): Run => {
  let nth = 0
  return runWith(
    (keeper) => keeper,
    (options) => ({
      ...options,
      dispatch: (command, context) => {
        nth += 1
        return options.dispatch(command, { ...context, commandId: `${context.commandId}/${nth}` })
      },
    }),
  )
}

/** The last first, and all of a key at once. */
const outOfOrder = runWith((keeper) => ({
  ...keeper,
  due: (of, owner, limit) =>
    TE.chain((due: ReadonlyArray<OwedCommand>) =>
      TE.map((owed: ReadonlyArray<OwedCommand>) =>
        [...owed].reverse().filter(({ key }) => due.some((one) => one.key === key)),
      )(keeper.owed(of)),
    )(keeper.due(of, owner, limit)),
}))

const cancellingNothing = runWith((keeper) => ({
  ...keeper,
  commit: (of, { owing, ...commit }) =>
    keeper.commit(of, { ...commit, ...(owing && { owing: { ...owing, cancelled: [] } }) }),
}))

const notWaitingForTheLog: Run = (store, keeper, process, options) =>
  runProcessManager(
    { ...store, feed: { ...store.feed, positionAt: () => TE.right(beginning) } },
    keeper,
    process,
    options,
  )

const withVerdict =
  (verdict: 'rejected' | 'stuck') =>
  (run: Run): Run =>
  (store, keeper, process, options) =>
    run(store, keeper, process, { ...options, verdict: () => verdict })

describe('laws', () => {
  law('RPM-1 once', once(runProcessManager))
  law.rejects('RPM-1', 'a commit without what is owed', once(forgetful))
  law.rejects('RPM-1', 'ids that are made anew', once(withNewIds()))
  law('RPM-2 in order', inOrder(runProcessManager))
  law.rejects('RPM-2', 'all commands of a key at once', inOrder(outOfOrder))
  law('RPM-3 timers', timers(runProcessManager))
  law.rejects('RPM-3', 'timers that are not taken back', timers(cancellingNothing))
  law.rejects('RPM-3', 'timers that do not wait for the log', timers(notWaitingForTheLog), { numRuns: 1_000 })
  law('RPM-4 rejections', rejections(runProcessManager), { numRuns: 1 })
  law.rejects(
    'RPM-4',
    'rejections that hold up their key',
    rejections(withVerdict('stuck')(runProcessManager)),
    {
      numRuns: 1,
    },
  )
  law(
    'RPM-5 stuck',
    stuck((run) => run),
    { numRuns: 20 },
  )
  law.rejects('RPM-5', 'later commands that overtake', stuck(withVerdict('rejected')), { numRuns: 20 })
})

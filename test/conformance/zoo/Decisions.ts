/** Stores whose decision journal is wrong in one respect. */
import type { Append, AppendError, DecisionJournal, EventStore, RecordedDecision } from 'decider-ts/store'
import { either as E, function as F, readonlyArray as RA, taskEither as TE } from 'fp-ts'
import { others, unguarded, type Wrong, wrong } from './Wrong.js'

/** A journal that tells other decisions than were recorded. */
const tells = (
  store: EventStore,
  change: (decision: RecordedDecision) => RecordedDecision,
): Partial<EventStore> => {
  const { decisions } = store
  return {
    ...(decisions && {
      decisions: {
        on: (ids) => F.pipe(decisions.on(ids), TE.map(RA.map(change))),
        page: (limit, after) => F.pipe(decisions.page(limit, after), TE.map(RA.map(change))),
      },
    }),
  }
}

const withPage = (
  store: EventStore,
  page: (decisions: DecisionJournal) => DecisionJournal['page'],
): Partial<EventStore> => ({
  ...(store.decisions && { decisions: { ...store.decisions, page: page(store.decisions) } }),
})

const withoutDecisions = ({ decisions: _, ...append }: Append): Append => append

const nothingBut = ({ decisions }: Append): Append => ({
  events: [],
  expected: [],
  decisions: (decisions ?? []).map((decision) => ({ ...decision, events: 0 })),
})

export const wrongDecisions: ReadonlyArray<Wrong> = [
  wrong('a command may be decided again', 'C13 decisions: a command is decided once', (store) => ({
    append: (append) =>
      F.pipe(
        store.append(append),
        TE.orElse((error) =>
          error._tag === 'AlreadyDecided' ? store.append(withoutDecisions(append)) : TE.left(error),
        ),
      ),
  })),
  wrong(
    'an append without events is nothing',
    'C13 decisions: a rejection is recorded by itself',
    (store) => ({
      append: (append) =>
        append.events.length === 0 ? store.append(withoutDecisions(append)) : store.append(append),
    }),
  ),
  wrong('a rejection needs no guard', 'C13 decisions: a rejection is recorded by itself', (store) => ({
    append: (append) =>
      store.append(
        append.events.length === 0 && append.decisions
          ? { ...unguarded(append), decisions: append.decisions }
          : append,
      ),
  })),
  wrong('a decision is made small', 'C13 decisions: what is recorded is read back exactly', (store) =>
    tells(store, (decision) => ({
      ...decision,
      command: JSON.parse(JSON.stringify(decision.command ?? null)),
    })),
  ),
  wrong('decisions are recorded before the events', 'C13 decisions: an append that fails', (store) => ({
    append: (append) => async () => {
      if (append.decisions === undefined || append.events.length === 0) return store.append(append)()
      const first = await store.append(nothingBut(append))()
      return E.isLeft(first) ? first : store.append(withoutDecisions(append))()
    },
  })),
  wrong('every decision has all events', 'C13 decisions: the events of an append', (store) => {
    const all = new Map<string, ReadonlyArray<string>>()
    return {
      ...tells(store, (decision) => {
        const ids = all.get(decision.commandId) ?? []
        return ids.length > 2 && decision.events[0] !== undefined
          ? { ...decision, events: ids.flatMap(() => decision.events[0] ?? decision.events) }
          : decision
      }),
      append: (append) => {
        for (const { commandId } of append.decisions ?? [])
          all.set(
            commandId,
            append.events.map(({ id }) => id),
          )
        return store.append(append)
      },
    }
  }),
  wrong('a page begins with the last of the page before', 'C13 decisions: pages', (store) =>
    withPage(store, (decisions) => (limit, after) => async () => {
      const all = await decisions.page(1_000)()
      if (E.isLeft(all) || after === undefined) return decisions.page(limit, after)()
      const first = all.right.findIndex(({ commandId }) => commandId === after)
      return E.right(all.right.slice(first, first + limit).slice(first === all.right.length - 1 ? 1 : 0))
    }),
  ),
  wrong('whoever looks first may write', 'C13 decisions: of many who decide', (store) => ({
    append: (append) => async () => {
      const ids = (append.decisions ?? []).map(({ commandId }) => commandId)
      const known = await store.decisions?.on(ids)()
      await others()
      if (known !== undefined && E.isRight(known) && known.right.length === 0) {
        const answer = await store.append(append)()
        return E.isLeft(answer) && answer.left._tag === 'AlreadyDecided'
          ? store.append(withoutDecisions(append))()
          : answer
      }
      return store.append(append)()
    },
  })),
  wrong('a decision sent again is a second one', 'C14 decisions', (store) => ({
    append: (append) =>
      F.pipe(
        store.append(append),
        TE.chain((answer) => {
          if (!answer.repeated || append.decisions === undefined) return TE.right(answer)
          const ids = append.decisions.map(({ commandId }) => commandId)
          return F.pipe(
            store.decisions?.on(ids) ?? TE.right([]),
            TE.chain((decisions) => TE.left<AppendError>({ _tag: 'AlreadyDecided', decisions })),
          )
        }),
      ),
  })),
]

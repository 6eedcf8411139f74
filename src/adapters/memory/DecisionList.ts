/**
 * The decisions of one memory store, in the order of recording, and where to find each by its command. It grows and does
 * nothing else; finding a decision costs the same in a long list as in a short one.
 * Used by: `MemoryStore`.
 * @since 0.1.0
 */
import { either as E, taskEither as TE } from 'fp-ts'
import type { DecisionJournal, RecordedDecision } from '../../store/DecisionJournal.js'
import { checkRange } from '../../store/EventStore.js'

/** Decisions, and the port through which they are read. */
export interface DecisionList {
  readonly on: (commandId: string) => RecordedDecision | undefined
  readonly record: (decisions: ReadonlyArray<RecordedDecision>) => void
  readonly journal: DecisionJournal
}

/** A list without decisions. */
export const emptyDecisionList = (): DecisionList => {
  const list: Array<RecordedDecision> = []
  const places = new Map<string, number>()
  const on = (commandId: string): RecordedDecision | undefined => {
    const place = places.get(commandId)
    return place === undefined ? undefined : list[place]
  }
  return {
    on,
    record: (decisions) => {
      for (const decision of decisions) {
        places.set(decision.commandId, list.length)
        list.push(decision)
      }
    },
    journal: {
      on: (commandIds) =>
        TE.fromIO(() => [...new Set(commandIds)].flatMap((commandId) => on(commandId) ?? [])),
      page: (limit, after) =>
        TE.fromIOEither(() => {
          const first = after === undefined ? 0 : (places.get(after) ?? list.length) + 1
          return E.map(() => list.slice(first, first + limit))(checkRange({ limit }))
        }),
    },
  }
}

/**
 * The four services together: whatever is asked of them in which order, however late, small, repeated or interrupted the
 * deliveries are, and whichever services stop and start again, in the end every read model of every service is what one big
 * fold of all events gives.
 */
import { view } from 'decider-ts'
import fc from 'fast-check'
import { taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { Diary } from '../../examples/crm/appointments/Domain.js'
import { Campaign } from '../../examples/crm/campaigns/Domain.js'
import { Customer } from '../../examples/crm/customers/Domain.js'
import { expectedOf, plain } from '../../examples/crm/Expected.js'
import { factsOf, type Logs, logsOf, readModelsOf } from '../../examples/crm/Facts.js'
import { Relationships } from '../../examples/crm/relationships/Domain.js'
import type { Ask, Service } from '../../examples/crm/Service.js'
import { memoryShelf, type Shelf } from '../../examples/crm/Shelf.js'
import {
  type Maker,
  makers,
  memorySystem,
  type Name,
  names,
  type System,
  settle,
} from '../../examples/crm/System.js'
import { everything, type Fact } from '../../examples/crm/Whole.js'
import { seed } from '../properties/Law.js'
import { play, script } from './Scripts.js'

/** All facts in one order that keeps that of each log: each number of the tape says whose turn it is. */
const merged = (logs: Logs, tape: ReadonlyArray<number>): ReadonlyArray<Fact> => {
  const rest = names.map((name) => [...factsOf(name, logs[name])])
  const turns = [...tape, ...names.flatMap((_, index) => rest[index]?.map(() => index) ?? [])]
  return turns.flatMap((turn) => rest[turn]?.splice(0, 1) ?? [])
}

const bigFold = (logs: Logs, tape: ReadonlyArray<number>) =>
  plain(expectedOf(view.fold(everything)(merged(logs, tape))))

const tape = fc.array(fc.nat(names.length - 1), { maxLength: 40, size: 'max' })

const converges = (open: () => System, seen: (logs: Logs, deaths: number) => void = () => {}) =>
  fc.asyncProperty(script, tape, async (actions, tape) => {
    const system = open()
    const { deaths } = await play(system, actions)
    const logs = await logsOf(system)
    seen(logs, deaths)
    const expected = bigFold(logs, [])
    expect(plain(readModelsOf(system))).toEqual(expected)
    expect(bigFold(logs, tape)).toEqual(expected)
  })

const RecordVisit = t.type({ type: t.literal('RecordVisit') })
const Dismissal = t.type({ type: t.literal('Dismiss') })

const runs = { seed, numRuns: 150 }

test('all read models come to the one big fold', async () => {
  const types = new Map<string, number>()
  let allDeaths = 0
  const seen = (logs: Logs, deaths: number) => {
    allDeaths += deaths
    for (const { type } of names.flatMap((name) => logs[name])) types.set(type, (types.get(type) ?? 0) + 1)
  }
  await fc.assert(
    converges(() => memorySystem(), seen),
    runs,
  )
  // A property that never gets anywhere holds of anything: all that can happen has to have happened, and often.
  const events = [Customer, Diary, Relationships, Campaign].flatMap((domain) => domain.event.tagged.types)
  expect(events.filter((type) => (types.get(type) ?? 0) < 5)).toEqual([])
  expect(allDeaths).toBeGreaterThan(100)
}, 120_000)

describe('a system that is wrong does not come to it', () => {
  const isMissed = (open: () => System) => async () => {
    const { errorInstance } = await fc.check(converges(open), { ...runs, endOnFailure: true })
    expect(String(errorInstance)).toContain('to deeply equal')
  }

  /** A system in which one service deals in another way with the commands that its reactions call for. */
  const obeying = (name: Name, change: (obey: Ask) => Ask) => () => {
    const make: Maker = (ports) => {
      const service: Service = makers[name](ports)
      return {
        ...service,
        reactions: service.reactions.map((each) => ({ ...each, obey: change(each.obey) })),
      }
    }
    return memorySystem({ ...makers, [name]: make })
  }

  test(
    'a command that is thrown away',
    isMissed(
      obeying('relationships', (obey) => {
        let count = 0
        return (input, context) => (count++ % 3 === 2 ? TE.right([]) : obey(input, context))
      }),
    ),
  )

  test(
    'a visit that counts again when it is told again',
    isMissed(
      obeying('relationships', (obey) => {
        let count = 0
        return (input, context) =>
          obey(RecordVisit.is(input) ? { ...input, meeting: `visit-${count++}` } : input, context)
      }),
    ),
  )

  test(
    'a customer who is admitted only if nobody has left before',
    isMissed(
      obeying('appointments', (obey) => {
        let hasLeft = false
        return (input, context) => {
          hasLeft = hasLeft || Dismissal.is(input)
          return hasLeft ? TE.right([]) : obey(input, context)
        }
      }),
    ),
  )

  const shelves = (change: (shelf: Shelf) => Shelf) => () => memorySystem(makers, () => change(memoryShelf()))

  test(
    'a place that is written without what was made of the page',
    isMissed(
      shelves((shelf) => {
        let count = 0
        return {
          ...shelf,
          commit: (name, commit) =>
            shelf.commit(name, count++ % 5 === 4 ? { ...commit, entries: [], owed: [] } : commit),
        }
      }),
    ),
  )

  test(
    'entries that are written without the place',
    isMissed(
      shelves((shelf) => {
        let count = 0
        return {
          ...shelf,
          commit: (name, commit) => {
            if (++count % 5 !== 4 || count > 40) return shelf.commit(name, commit)
            shelf.commit(name, { ...commit, to: commit.from })
            return true
          },
        }
      }),
    ),
  )
})

test('nobody can tell a service from outside what it is to know from the news', async () => {
  const { appointments, relationships, campaigns } = memorySystem()
  const answers = await Promise.all([
    appointments.running()?.service.ask({ type: 'Admit', customer: 'ada' })(),
    relationships.running()?.service.ask({ type: 'Begin', customer: 'ada' })(),
    campaigns.running()?.service.ask({ type: 'Launch', campaign: 'spring', audience: ['ada'] })(),
  ])
  for (const answer of answers) expect(answer).toMatchObject({ left: { _tag: 'UndecodableCommand' } })
})

test('an appointment is booked only for a customer who is known here, though the customers service is down', async () => {
  const system = memorySystem()
  const book = { type: 'Book', customer: 'ada', appointment: 'a1', on: '2026-01-05' }
  const asked = async (name: Name, command: unknown) => system[name].running()?.service.ask(command)()
  const ada = { type: 'Register', customer: 'ada', name: 'Ada', email: 'ada@b.example', segment: 'small' }
  await asked('customers', ada)
  expect(await asked('appointments', book)).toMatchObject({
    left: { rejection: { type: 'CustomerUnknown' } },
  })
  await settle(system)
  system.customers.stop()
  expect(await asked('appointments', book)).toMatchObject({ right: [{ type: 'Booked' }] })
})

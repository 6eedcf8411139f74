/**
 * All four services in one process, on stores in memory, each with its own log and its own shelf. They know each other's
 * published feeds and nothing else. A service can be stopped and started again: what it had in memory is gone, what it
 * had written is there. While it is stopped, its feed cannot be reached and nobody can ask it anything.
 */
import type { Feed, FollowedStore, ReadError } from 'decider-ts'
import { memoryStore } from 'decider-ts/adapters/memory'
import { taskEither as TE } from 'fp-ts'
import { appointments } from './appointments/Service.js'
import { campaigns } from './campaigns/Service.js'
import { customers } from './customers/Service.js'
import { relationships } from './relationships/Service.js'
import type { Ports, Service } from './Service.js'
import { memoryShelf, type Shelf } from './Shelf.js'
import { type Step, stepsOf } from './Steps.js'

export const names = ['customers', 'appointments', 'relationships', 'campaigns'] as const
export type Name = (typeof names)[number]

/** A service with what it keeps. `running` is nothing while it is stopped. */
export interface Place {
  readonly name: Name
  readonly store: FollowedStore
  readonly shelf: Shelf
  readonly running: () => { readonly service: Service; readonly steps: ReadonlyArray<Step> } | undefined
  readonly start: () => void
  readonly stop: () => void
}

export type System = Readonly<Record<Name, Place>>

export type Maker = (ports: Ports<Name>) => Service

/** How each service is made. None of them looks at more feeds than it says in its own types. */
export const makers: Readonly<Record<Name, Maker>> = { customers, appointments, relationships, campaigns }

/** All four, running. Others can take the place of a maker or of the shelves, to see what comes of it. */
export const memorySystem = (
  make: Readonly<Record<Name, Maker>> = makers,
  newShelf: () => Shelf = memoryShelf,
): System => {
  const place = (name: Name): Place => {
    const [store, shelf] = [memoryStore(), newShelf()]
    let running: ReturnType<Place['running']>
    const start = () => {
      const service = make[name]({ store, readModels: shelf, feeds })
      running = { service, steps: stepsOf(service, shelf) }
    }
    const stop = () => {
      running = undefined
    }
    return { name, store, shelf, running: () => running, start, stop }
  }
  const system: System = {
    customers: place('customers'),
    appointments: place('appointments'),
    relationships: place('relationships'),
    campaigns: place('campaigns'),
  }
  const feeds: Readonly<Record<Name, Feed>> = {
    customers: feedOf(() => system.customers),
    appointments: feedOf(() => system.appointments),
    relationships: feedOf(() => system.relationships),
    campaigns: feedOf(() => system.campaigns),
  }
  for (const name of names) system[name].start()
  return system
}

/** What a place publishes, as long as it runs. */
const feedOf = (place: () => Place): Feed => ({
  page: (...asked) =>
    place()
      .running()
      ?.service.published.page(...asked) ?? TE.left(isDown),
  onRecorded: (wake) => place().store.feed.onRecorded(wake),
  positionAt: (time) => place().store.feed.positionAt(time),
})

const isDown: ReadError = {
  _tag: 'Unavailable',
  outcome: 'nothing written',
  reason: 'the service is down',
  cause: undefined,
}

/** Lets all services work, one step after another, until none has anything left to do. All of them have to run. */
export const settle = async (system: System): Promise<void> => {
  for (let isBusy = true; isBusy; ) {
    isBusy = false
    for (const name of names)
      for (const step of system[name].running()?.steps ?? []) {
        const outcome = await step.run(pageSize)
        if (outcome === 'unreachable') throw new Error(`'${step.name}' of ${name} could not be done.`)
        isBusy = isBusy || outcome === 'done'
      }
  }
}

const pageSize = 100

/** The laws of the five deciders and the five process managers of the four services, and what is expected beyond them. */
import { type Check, domainSuite, processManagerSuite } from 'decider-ts/harness'
import { describe, test } from 'vitest'
import { Diary, type DiaryCommand } from '../../examples/crm/appointments/Domain.js'
import { admission } from '../../examples/crm/appointments/Reactions.js'
import { Campaign } from '../../examples/crm/campaigns/Domain.js'
import { mailing } from '../../examples/crm/campaigns/Reactions.js'
import { Customer } from '../../examples/crm/customers/Domain.js'
import { Opportunity } from '../../examples/crm/relationships/Opportunity.js'
import { acquaintance, contacts, growth } from '../../examples/crm/relationships/Reactions.js'
import { Relationship } from '../../examples/crm/relationships/Relationship.js'
import type { Process } from '../../examples/crm/Service.js'

const all = (name: string, checks: ReadonlyArray<Check>) =>
  describe(name, () => {
    for (const check of checks) test(check.name, async () => void (await check.run()))
  })

const isUnique = (texts: ReadonlyArray<string>): boolean => new Set(texts).size === texts.length

all(
  'customers: Customer',
  domainSuite(Customer, {
    postconditions: {
      Leave: ({ after }) => after.status === 'left',
    },
    idempotent: ['Reclassify', 'AllowContact', 'ForbidContact', 'Register', 'Leave'],
  }),
)

all(
  'appointments: Diary',
  domainSuite(Diary, {
    invariants: {
      'an appointment is in the diary once': ({ appointments }) =>
        isUnique(appointments.map(({ appointment }) => appointment)),
      'only those who were admitted have appointments': ({ customer, appointments }) =>
        customer !== 'unknown' || appointments.length === 0,
      'nobody who has left has an appointment': ({ customer, appointments }) =>
        customer !== 'dismissed' || appointments.every(({ outcome }) => outcome !== 'open'),
    },
    idempotent: ['Admit', 'Dismiss', 'Book', 'Keep', 'Miss', 'Cancel'],
    stateLabel: ({ customer }) => customer,
    relations: {
      'news in the wrong order lead to the same diary': {
        when: (command) => {
          if (command.type !== 'Admit') return undefined
          const dismiss: DiaryCommand = { type: 'Dismiss', customer: command.customer }
          return { left: [command, dismiss], right: [dismiss, command] }
        },
      },
    },
  }),
)

all(
  'relationships: Relationship',
  domainSuite(Relationship, {
    invariants: {
      'a meeting counts once': ({ visits, noShows }) => isUnique(visits) && isUnique(noShows),
      'no follow-up is due after a later visit': ({ followUps, lastVisitOn }) =>
        followUps.every(({ on }) => lastVisitOn === null || on > lastVisitOn),
      'nobody follows up on who has left': ({ status, followUps }) =>
        status !== 'ended' || followUps.length === 0,
    },
    idempotent: ['Begin', 'RecordVisit', 'RecordNoShow', 'RecordContact', 'SeeTo', 'End'],
    stateLabel: ({ status }) => status,
  }),
)

all(
  'relationships: Opportunity',
  domainSuite(Opportunity, {
    stateLabel: ({ stage }) => stage,
    idempotent: ['Attribute', 'Prospect', 'Engage'],
  }),
)

all(
  'campaigns: Campaign',
  domainSuite(Campaign, {
    invariants: {
      'only the audience waits': ({ audience, waiting }) =>
        waiting.every((customer) => audience.includes(customer)),
      'everybody is in the audience once': ({ audience }) => isUnique(audience),
      'it is complete when nobody waits': ({ status, waiting }) =>
        (status === 'running') === waiting.length > 0,
    },
    idempotent: ['Plan', 'Launch', 'Contact', 'Abandon'],
  }),
)

const ofProcess = <Event extends { readonly type: string }, State, Command>(
  { name, manager, event }: Process<Event, State, Command>,
  more: Partial<Parameters<typeof processManagerSuite<Event, State, Command>>[0]> = {},
) =>
  all(
    `process manager: ${name}`,
    processManagerSuite<Event, State, Command>({ name, manager, event, ...more }),
  )

ofProcess(admission)
ofProcess(acquaintance)
ofProcess(growth)
ofProcess(contacts)
ofProcess(mailing)

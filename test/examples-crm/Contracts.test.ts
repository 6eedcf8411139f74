/**
 * What the services promise each other. No service imports another; what one publishes, all who read it understand; and
 * what is nobody else's affair is in no contract.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventCodec, taggedCodec } from 'decider-ts'
import { arbitraryOf } from 'decider-ts/harness'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import * as appointmentsContract from '../../examples/crm/appointments/Contract.js'
import { DiaryEvent } from '../../examples/crm/appointments/Domain.js'
import * as appointmentsView from '../../examples/crm/appointments/View.js'
import * as campaignsContract from '../../examples/crm/campaigns/Contract.js'
import { CampaignEvent } from '../../examples/crm/campaigns/Domain.js'
import * as campaignsView from '../../examples/crm/campaigns/View.js'
import * as customersContract from '../../examples/crm/customers/Contract.js'
import { CustomerEvent } from '../../examples/crm/customers/Domain.js'
import * as relationshipsContract from '../../examples/crm/relationships/Contract.js'
import { OpportunityEvent } from '../../examples/crm/relationships/Opportunity.js'
import { RelationshipEvent } from '../../examples/crm/relationships/Relationship.js'
import * as relationshipsView from '../../examples/crm/relationships/View.js'
import { names } from '../../examples/crm/System.js'
import { seed } from '../properties/Law.js'

const folder = fileURLToPath(new URL('../../examples/crm/', import.meta.url))

/** What stands after `from`, in every module of a service. */
const importsOf = (service: string): ReadonlyArray<string> =>
  readdirSync(`${folder}${service}`).flatMap((file) =>
    [...readFileSync(`${folder}${service}/${file}`, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
      ([, path = '']) => path,
    ),
  )

/** What all services have in common, which the library may bring one day: how a service is put together and published. */
const shared = ['../Service.js', '../Publication.js']

const isAllowed = (path: string): boolean =>
  /^\.\/\w+\.js$/.test(path) || /^(decider-ts|fp-ts|io-ts)(\/[\w/]+)?$/.test(path) || shared.includes(path)

describe('a service imports nothing of another', () => {
  for (const name of names)
    test(name, () => {
      const imports = importsOf(name)
      expect(imports.length).toBeGreaterThan(10)
      expect(imports.filter((path) => !isAllowed(path))).toEqual([])
    })

  test('and one that did would be found', () => {
    const forbidden = [
      '../customers/Domain.js',
      '../customers/Contract.js',
      '../System.js',
      'node:fs',
      '../../banking/Day.js',
    ]
    expect(forbidden.filter(isAllowed)).toEqual([])
  })
})

type Rules = Readonly<Record<string, { readonly as: string; readonly data: (event: never) => unknown }>>

interface Publisher {
  readonly contract: Readonly<Record<string, t.Mixed>>
  readonly publication: Rules
  readonly events: ReadonlyArray<t.Mixed>
}

const publishers: Readonly<Record<string, Publisher>> = {
  customers: { ...customersContract, events: [CustomerEvent] },
  appointments: { ...appointmentsContract, events: [DiaryEvent] },
  relationships: { ...relationshipsContract, events: [RelationshipEvent, OpportunityEvent] },
  campaigns: { ...campaignsContract, events: [CampaignEvent] },
}

const readers: Readonly<Record<string, ReadonlyArray<t.Mixed>>> = {
  appointments: Object.values(appointmentsView),
  relationships: Object.values(relationshipsView),
  campaigns: Object.values(campaignsView),
}

/** Events that a publisher may record, as they go out. */
const published = ({ contract, publication, events }: Publisher) =>
  fc.oneof(...events.map((codec) => arbitraryOf(codec))).map((event) => {
    const rule = publication[(event as { readonly type: string }).type]
    return rule === undefined
      ? undefined
      : { type: rule.as, data: contract[rule.as]?.encode(rule.data(event as never)) }
  })

const codecOf = (view: t.Mixed) => eventCodec(taggedCodec(view as t.Type<{ readonly type: string }, unknown>))

describe('what is published is understood', () => {
  for (const [reader, views] of Object.entries(readers))
    for (const view of views) {
      const codec = codecOf(view)
      const { types } = codec.tagged
      const [publisher = ''] = types.map((type) => type.split('.')[1])
      test(`by ${reader}, of ${publisher}`, () => {
        const source = publishers[publisher]
        if (source === undefined) throw new Error(`Nobody is called ${publisher}.`)
        expect(Object.keys(source.contract)).toEqual(expect.arrayContaining([...types]))
        const seen = new Set<string>()
        fc.assert(
          fc.property(published(source), (event) => {
            if (event === undefined || !types.includes(event.type)) return
            seen.add(event.type)
            const data = JSON.parse(JSON.stringify({ ...event.data, added: 'later' }))
            expect(codec.decode({ type: event.type, schemaVersion: 1, data })._tag).toBe('Right')
          }),
          { seed, numRuns: 300 },
        )
        expect([...seen].sort()).toEqual([...types].sort())
      })
    }

  test('a publisher who breaks his promise is found', () => {
    const codec = codecOf(relationshipsView.MeetingNews)
    const kept = { type: 'crm.appointments.appointment-kept.v1', schemaVersion: 1 }
    expect(
      E.isRight(codec.decode({ ...kept, data: { customer: 'ada', appointment: 'a1', on: '2026-01-05' } })),
    ).toBe(true)
    expect(E.isRight(codec.decode({ ...kept, data: { customer: 'ada', appointment: 'a1' } }))).toBe(false)
  })
})

test('names say who promises what, and in which version', () => {
  for (const [name, { contract, publication }] of Object.entries(publishers)) {
    for (const type of Object.keys(contract))
      expect(type).toMatch(new RegExp(`^crm\\.${name}\\.[a-z-]+\\.v\\d+$`))
    const used = new Set(Object.values(publication).map(({ as }) => as))
    expect([...used].sort()).toEqual(Object.keys(contract).sort())
  }
})

test('what is nobody else’s affair does not go out', () => {
  const fieldsOf = ({ contract }: Publisher) =>
    Object.values(contract).flatMap((codec) =>
      Object.keys((codec as { type?: { props?: object } }).type?.props ?? {}),
    )
  const all = Object.values(publishers).flatMap(fieldsOf)
  expect(all).toContain('segment')
  expect(all).not.toContain('email')
  expect(all).not.toContain('agent')
})

/**
 * What the relationships service understands of three neighbours, in its own words: customers come and go, meetings take
 * place or do not, and campaigns write to people.
 */
import * as t from 'io-ts'
import { CampaignId, CustomerId, Day, Meeting } from './Words.js'

export const CustomerNews = t.union([
  t.type({ type: t.literal('crm.customers.customer-registered.v1'), customer: CustomerId }),
  t.type({ type: t.literal('crm.customers.customer-left.v1'), customer: CustomerId }),
])
export type CustomerNews = t.TypeOf<typeof CustomerNews>

const met = { customer: CustomerId, appointment: Meeting, on: Day }

export const MeetingNews = t.union([
  t.type({ type: t.literal('crm.appointments.appointment-kept.v1'), ...met }),
  t.type({ type: t.literal('crm.appointments.appointment-missed.v1'), ...met }),
])
export type MeetingNews = t.TypeOf<typeof MeetingNews>

export const CampaignNews = t.type({
  type: t.literal('crm.campaigns.customer-contacted.v1'),
  campaign: CampaignId,
  customer: CustomerId,
})
export type CampaignNews = t.TypeOf<typeof CampaignNews>

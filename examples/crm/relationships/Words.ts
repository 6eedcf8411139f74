/** The words of the relationships service. */
import * as t from 'io-ts'

interface CustomerIdBrand {
  readonly CustomerId: unique symbol
}
export const CustomerId = t.brand(
  t.string,
  (text): text is t.Branded<string, CustomerIdBrand> => /^[a-z0-9][a-z0-9-]{0,39}$/.test(text),
  'CustomerId',
)
export type CustomerId = t.TypeOf<typeof CustomerId>

interface MeetingBrand {
  readonly Meeting: unique symbol
}
/** What the appointments service calls an appointment; a name that is known there. */
export const Meeting = t.brand(
  t.string,
  (text): text is t.Branded<string, MeetingBrand> => /^[a-z0-9][a-z0-9-]{0,19}$/.test(text),
  'Meeting',
)
export type Meeting = t.TypeOf<typeof Meeting>

interface CampaignIdBrand {
  readonly CampaignId: unique symbol
}
export const CampaignId = t.brand(
  t.string,
  (text): text is t.Branded<string, CampaignIdBrand> => /^[a-z0-9][a-z0-9-]{0,19}$/.test(text),
  'CampaignId',
)

interface OpportunityIdBrand {
  readonly OpportunityId: unique symbol
}
export const OpportunityId = t.brand(
  t.string,
  (text): text is t.Branded<string, OpportunityIdBrand> => /^[A-Z0-9]{4,12}$/.test(text),
  'OpportunityId',
)
export type OpportunityId = t.TypeOf<typeof OpportunityId>

interface DayBrand {
  readonly Day: unique symbol
}
export const Day = t.brand(
  t.string,
  (text): text is t.Branded<string, DayBrand> =>
    /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(text),
  'Day',
)
export type Day = t.TypeOf<typeof Day>

interface ValueBrand {
  readonly Value: unique symbol
}
/** What a deal is worth, in whole dollars. */
export const Value = t.brand(
  t.Int,
  (n): n is t.Branded<t.Int, ValueBrand> => n > 0 && n <= 1_000_000,
  'Value',
)
export type Value = t.TypeOf<typeof Value>

/** How close we are to a customer, by what happened between us. */
export const Level = t.keyof({ distant: null, warm: null, close: null })
export type Level = t.TypeOf<typeof Level>

/** The words of the campaigns service. */
import * as t from 'io-ts'

interface CampaignIdBrand {
  readonly CampaignId: unique symbol
}
export const CampaignId = t.brand(
  t.string,
  (text): text is t.Branded<string, CampaignIdBrand> => /^[a-z0-9][a-z0-9-]{0,19}$/.test(text),
  'CampaignId',
)
export type CampaignId = t.TypeOf<typeof CampaignId>

interface CustomerIdBrand {
  readonly CustomerId: unique symbol
}
export const CustomerId = t.brand(
  t.string,
  (text): text is t.Branded<string, CustomerIdBrand> => /^[a-z0-9][a-z0-9-]{0,39}$/.test(text),
  'CustomerId',
)
export type CustomerId = t.TypeOf<typeof CustomerId>

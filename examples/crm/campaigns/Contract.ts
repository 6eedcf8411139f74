/** What the campaigns service promises to say of itself. */
import * as t from 'io-ts'
import type { PublicationOf } from '../Publication.js'
import type { CampaignEvent } from './Domain.js'

export const contract = {
  'crm.campaigns.campaign-launched.v1': t.strict({ campaign: t.string, customers: t.number }),
  'crm.campaigns.customer-contacted.v1': t.strict({ campaign: t.string, customer: t.string }),
}

export const publication: PublicationOf<CampaignEvent, typeof contract> = {
  Launched: {
    as: 'crm.campaigns.campaign-launched.v1',
    data: ({ campaign, audience }) => ({ campaign, customers: audience.length }),
  },
  CustomerContacted: {
    as: 'crm.campaigns.customer-contacted.v1',
    data: ({ campaign, customer }) => ({ campaign, customer }),
  },
}

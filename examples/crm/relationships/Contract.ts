/**
 * What the relationships service promises to say of itself: how close a customer is after each meeting, and what was
 * sold. Which agent sold it, and who is due a follow-up, is nobody else's affair.
 */
import * as t from 'io-ts'
import type { PublicationOf } from '../Publication.js'
import type { OpportunityEvent } from './Opportunity.js'
import type { RelationshipEvent } from './Relationship.js'

const moved = t.strict({ customer: t.string, level: t.string })

export const contract = {
  'crm.relationships.relationship-grew.v1': moved,
  'crm.relationships.relationship-cooled.v1': moved,
  'crm.relationships.opportunity-won.v1': t.strict({
    opportunity: t.string,
    customer: t.string,
    product: t.string,
    value: t.number,
    on: t.string,
  }),
}

export const publication: PublicationOf<RelationshipEvent | OpportunityEvent, typeof contract> = {
  VisitRecorded: {
    as: 'crm.relationships.relationship-grew.v1',
    data: ({ customer, level }) => ({ customer, level }),
  },
  NoShowRecorded: {
    as: 'crm.relationships.relationship-cooled.v1',
    data: ({ customer, level }) => ({ customer, level }),
  },
  Won: {
    as: 'crm.relationships.opportunity-won.v1',
    data: ({ opportunity, customer, product, value, on }) => ({
      opportunity,
      customer,
      product,
      value,
      on,
    }),
  },
}

/**
 * What the customers service promises to say of itself. Names and shapes are for good: a change that breaks a reader is
 * another name. The rules say which event is published as what; an event without a rule stays at home.
 */
import * as t from 'io-ts'
import type { PublicationOf } from '../Publication.js'
import type { CustomerEvent } from './Domain.js'

export const contract = {
  'crm.customers.customer-registered.v1': t.strict({
    customer: t.string,
    name: t.string,
    segment: t.string,
  }),
  'crm.customers.customer-reclassified.v1': t.strict({ customer: t.string, segment: t.string }),
  'crm.customers.contact-allowed.v1': t.strict({ customer: t.string }),
  'crm.customers.contact-forbidden.v1': t.strict({ customer: t.string }),
  'crm.customers.customer-left.v1': t.strict({ customer: t.string }),
}

export const publication: PublicationOf<CustomerEvent, typeof contract> = {
  Registered: {
    as: 'crm.customers.customer-registered.v1',
    data: ({ customer, name, segment }) => ({ customer, name, segment }),
  },
  Reclassified: {
    as: 'crm.customers.customer-reclassified.v1',
    data: ({ customer, to }) => ({ customer, segment: to }),
  },
  ContactAllowed: {
    as: 'crm.customers.contact-allowed.v1',
    data: ({ customer }) => ({ customer }),
  },
  ContactForbidden: {
    as: 'crm.customers.contact-forbidden.v1',
    data: ({ customer }) => ({ customer }),
  },
  Left: { as: 'crm.customers.customer-left.v1', data: ({ customer }) => ({ customer }) },
}

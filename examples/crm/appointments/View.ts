/**
 * What the appointments service understands of others, in its own words: that there is a customer, and that there is none
 * any more. It reads two names of the five that the customers service publishes, and of each the one field that it needs;
 * whatever else changes over there changes nothing here.
 */
import * as t from 'io-ts'
import { CustomerId } from './Words.js'

export const CustomerNews = t.union([
  t.type({ type: t.literal('crm.customers.customer-registered.v1'), customer: CustomerId }),
  t.type({ type: t.literal('crm.customers.customer-left.v1'), customer: CustomerId }),
])
export type CustomerNews = t.TypeOf<typeof CustomerNews>

/** What is asked of the four services in the demo: commands as they would come from people, in three parts. */
import { random } from '../banking/Random.js'

export interface Customer {
  readonly customer: string
  readonly commands: ReadonlyArray<unknown>
}

const segments = ['private', 'small', 'large'] as const

/** Customers who register; most of them do not mind being written to. */
export const registrations = (count: number, seed: number): ReadonlyArray<Customer> => {
  const { below, pick } = random(seed)
  return Array.from({ length: count }, (_, index) => {
    const customer = `customer-${index + 1}`
    const segment = pick(...segments)
    const email = `${customer}@crm.example`
    const register = { type: 'Register', customer, name: `Customer ${index + 1}`, email, segment }
    const allow = { type: 'AllowContact', customer }
    return { customer, commands: below(4) === 0 ? [register] : [register, allow] }
  })
}

const dayOf = (number: number): string => `2026-03-${String(number).padStart(2, '0')}`

/** Some appointments of a customer, and what becomes of them. */
export const visitsOf = (customer: string, round: number, seed: number): ReadonlyArray<unknown> => {
  const { below, pick } = random(seed)
  return Array.from({ length: 1 + below(4) }, (_, index) => {
    const appointment = `r${round}-${index + 1}`
    const on = dayOf(1 + below(28))
    const booked = { type: 'Book', customer, appointment, on }
    const ending = pick('Keep', 'Keep', 'Keep', 'Miss', 'Cancel', 'none')
    return ending === 'none' ? [booked] : [booked, { type: ending, customer, appointment }]
  }).flat()
}

/** What customers tell the customers service later on. */
export const changesOf = (customer: string, seed: number): ReadonlyArray<unknown> => {
  const { below, pick } = random(seed)
  if (below(8) === 0) return [{ type: 'Leave', customer }]
  return below(2) === 0 ? [{ type: 'Reclassify', customer, segment: pick(...segments) }] : []
}

/** The words of the customers service: names of customers, and what is known of each. No other service reads this. */
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

export const Segment = t.keyof({ private: null, small: null, large: null })
export type Segment = t.TypeOf<typeof Segment>

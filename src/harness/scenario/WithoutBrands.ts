/**
 * A type without its brands: what an example may be written as. A codec gives `Quantity` and `ReservationId`, and an
 * example says `4` and `'a'`; that they are such values is checked by the codec when the example runs, so that no example
 * needs a cast.
 * Used by: `given`.
 * @since 0.1.0
 */

/**
 * The type without brands, at any depth. A branded text is a text, a branded number is a number; literals, dates and
 * functions stay what they are.
 */
export type WithoutBrands<Value> = unknown extends Value
  ? Value
  : Value extends object
    ? PlainObject<Value>
    : Value

/** A primitive that is an object too is a branded one. */
type PlainObject<Value extends object> = Value extends string
  ? string
  : Value extends number
    ? number
    : Value extends bigint
      ? bigint
      : Value extends boolean
        ? boolean
        : Value extends Date | ((...parameters: never) => unknown)
          ? Value
          : Value extends ReadonlyMap<infer Key, infer ScenarioPart>
            ? ReadonlyMap<WithoutBrands<Key>, WithoutBrands<ScenarioPart>>
            : Value extends ReadonlySet<infer Member>
              ? ReadonlySet<WithoutBrands<Member>>
              : Value extends ReadonlyArray<unknown>
                ? { readonly [Index in keyof Value]: WithoutBrands<Value[Index]> }
                : PlainRecord<Value>

/** Brands are kept under symbols, and no codec reads or writes a field under one. */
type PlainRecord<Value> = {
  readonly [Key in keyof Value as Key extends symbol ? never : Key]: WithoutBrands<Value[Key]>
}

/** A part of a record, member by member of a union; of anything else, the whole. */
export type ScenarioPart<Value> = Value extends
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | ReadonlyArray<unknown>
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  ? Value
  : Value extends object
    ? Partial<Value>
    : Value

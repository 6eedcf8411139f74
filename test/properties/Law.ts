/**
 * A law as a test: one property, run with a seed that is fixed for the whole run and printed with each failure.
 * A law is trusted only after it has refused something, so `law.rejects` runs the same property on an implementation
 * that is wrong on purpose, and passes when the property finds it out. A property takes the implementation as an
 * argument to make that possible:
 *
 *     const denseVersions = (append: typeof appendToJournal) => fc.property(appends, (requests) => ...)
 *     law('JNL-1 dense versions', denseVersions(appendToJournal))
 *     law.rejects('JNL-1', 'versions that start at 0', denseVersions(countingFromZero))
 *
 * The predicate returns a boolean or throws an assertion error. One that ends in a bare expression asserts nothing,
 * because fast-check takes `undefined` for success; such a law is caught by its own `law.rejects`.
 * Used by: every law in test/properties.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'

const { SEED = '20260101' } = process.env

/** `SEED=7 npx vitest run` tries other samples; the default makes two runs of one commit the same. */
export const seed = Number(SEED)

/** What a law may change about its run; the seed is not among it. */
export interface LawOptions {
  readonly numRuns?: number
}

/** The property of any shape: `fc.property` or `fc.asyncProperty`. */
type Property<Sample> = fc.IRawProperty<Sample>

const check = async <Sample>(property: Property<Sample>, options: LawOptions) =>
  fc.check(property, { seed, ...options })

const holds = <Sample>(title: string, property: Property<Sample>, options: LawOptions = {}): void => {
  test(title, async () => {
    const details = await check(property, options)
    if (!details.failed) return
    const { errorInstance: cause } = details
    const reason = cause instanceof Error ? cause.message : 'the property is false'
    const report = await fc.asyncDefaultReportMessage(details)
    throw new Error(`${title}\n${reason}\n${report}\nReplay: SEED=${seed} npx vitest run -t '${title}'`, {
      cause,
    })
  })
}

const rejects = <Sample>(
  id: string,
  what: string,
  property: Property<Sample>,
  options: LawOptions = {},
): void => {
  test(`${id} rejects ${what}`, async () => {
    const details = await check(property, options)
    expect(details.failed, `${id} let ${what} pass (SEED=${seed})`).toBe(true)
    expect(details.counterexample, `${id} failed without a counterexample (SEED=${seed})`).not.toBeNull()
    // A crash would refuse anything, so it shows nothing about the law.
    const isCrash =
      details.errorInstance instanceof TypeError || details.errorInstance instanceof ReferenceError
    if (isCrash) throw details.errorInstance
  })
}

/** `law('JNL-1 dense versions', property)` holds for all samples; `law.rejects` has a wrong sample refused. */
export const law = Object.assign(holds, { rejects })

/**
 * A check on commands at random: what all checks of compositions have in common. It rejects with the shortest commands
 * that show what is wrong, as a sentence, and otherwise resolves to what was looked at.
 * Used by: `CompositionChecks`, `IsoChecks`, `FuelCheck`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { Domain } from '../../../decide/Domain.js'
import type { Check } from '../../Check.js'
import { arbitraryHistory } from '../ArbitraryHistory.js'
import type { Expectations, Thoroughness } from '../Expectations.js'
import { shown } from '../Shown.js'
import { usualSeed } from '../Trial.js'

/** How thoroughly compositions are checked, and where arbitrary values need help. */
export interface CompositionOptions
  extends Pick<Thoroughness, 'seed'>,
    Pick<Expectations<never, never, never, never>, 'overrides' | 'recycled' | 'fresh'> {
  /** How many histories for each check; 100 unless given. */
  readonly histories?: number
  /** The most commands of a history; 10 unless given. */
  readonly commandsMax?: number
}

/** Every combination of parts is a check of its own, so each has fewer histories, and shorter ones, than an examination. */
const usualSamples = 100

/**
 * A check of samples; `judge` says what is wrong with one, as the end of a sentence that begins with the sample.
 * @internal
 */
export const sampledCheck = <Sample>(
  name: string,
  { seed = usualSeed, histories: numRuns = usualSamples }: CompositionOptions,
  { arbitrary, called }: { readonly arbitrary: fc.Arbitrary<Sample>; readonly called: string },
  judge: (sample: Sample) => string | undefined,
): Check => ({
  name,
  run: async () => {
    const property = fc.property(arbitrary, (sample) => {
      const problem = judge(sample)
      if (problem !== undefined) throw new Error(`with ${shown(sample, samplePrinted)}, ${problem}.`)
    })
    const { failed, errorInstance } = fc.check(property, { seed, numRuns })
    if (!failed) return `${numRuns} ${called}`
    throw new Error(
      `${name}: ${errorInstance instanceof Error ? errorInstance.message : 'it does not hold.'}`,
    )
  },
})

/** The shortest commands are what helps most, so they may be long. */
const samplePrinted = 400

/**
 * The commands of histories of a domain.
 * @internal
 */
export const arbitraryCommands = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  { commandsMax = 10, overrides, recycled, fresh }: CompositionOptions,
): fc.Arbitrary<ReadonlyArray<Command>> =>
  arbitraryHistory(domain, {
    commandsMax,
    ...(overrides && { overrides }),
    ...(recycled && { recycled }),
    ...(fresh && { fresh }),
  }).map(({ steps }) => steps.map(({ command }) => command))

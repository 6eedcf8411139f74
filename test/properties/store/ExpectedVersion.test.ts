/** The laws of `src/store/ExpectedVersion.ts`: which versions a belief holds for. */
import { anyVersion, exactly, holdsFor, noStream, streamExists, version } from 'decider-ts/store'
import fc from 'fast-check'
import { law } from '../Law.js'

type HoldsFor = typeof holdsFor

/** Few enough to be equal now and then, and some that a double cannot tell apart. */
const count = fc.oneof(fc.bigInt({ min: 0n, max: 4n }), fc.bigInt({ min: 2n ** 53n, max: 2n ** 53n + 4n }))

const isExact = (holds: HoldsFor) =>
  fc.property(
    count,
    count,
    (actual, believed) => holds(version(actual))(exactly(believed)) === (actual === believed),
  )

law('EXP-1 exactness: exactly n holds for n alone', isExact(holdsFor))
law.rejects(
  'EXP-1',
  'a comparison of doubles',
  isExact(
    (actual) => (belief) =>
      belief._tag === 'Exactly' ? Number(actual) === Number(belief.version) : holdsFor(actual)(belief),
  ),
)
law.rejects(
  'EXP-1',
  'at least n',
  isExact((actual) => (belief) => belief._tag === 'Exactly' && actual >= belief.version),
)

const holdsAlways = (holds: HoldsFor) => fc.property(count, (actual) => holds(version(actual))(anyVersion))

law('EXP-2 any: holds for every version', holdsAlways(holdsFor))
law.rejects(
  'EXP-2',
  'any for streams with events only',
  holdsAlways((actual) => () => actual > 0n),
)

const isPartition = (holds: HoldsFor) =>
  fc.property(count, (n) => {
    const holdsNow = holds(version(n))
    return holdsNow(noStream) !== holdsNow(streamExists) && holdsNow(noStream) === holdsNow(exactly(0))
  })

law('EXP-3 partition: a stream exists or does not', isPartition(holdsFor))
law.rejects(
  'EXP-3',
  'noStream that holds always',
  isPartition((actual) => (belief) => belief._tag === 'NoStream' || holdsFor(actual)(belief)),
)
law.rejects(
  'EXP-3',
  'streamExists from the second event on',
  isPartition(
    (actual) => (belief) => (belief._tag === 'StreamExists' ? actual > 1n : holdsFor(actual)(belief)),
  ),
)

/** The whole zoo of broken domains, one family a list: what is asked of one is asked of all. */
import { behaviourZoo } from './Behaviour.js'
import type { Broken } from './Broken.js'
import { coverageZoo } from './Coverage.js'
import { purityZoo } from './Purity.js'
import { storageZoo } from './Storage.js'

/** The broken domains by family. */
export const zooByFamily = {
  purity: purityZoo,
  storage: storageZoo,
  behaviour: behaviourZoo,
  coverage: coverageZoo,
}

/** All broken domains. */
export const zoo: ReadonlyArray<Broken> = Object.values(zooByFamily).flat()

/** The world as it is, in the form of one whose time is a number: for keepers whose clock is nobody's to turn. */
import { timestamp } from 'decider-ts/store'
import type { VirtualWorld } from './VirtualWorld.js'

export const realWorld = (): VirtualWorld => {
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds))
  return {
    now: () => timestamp(Date.now()),
    sleep,
    passUntil: async (isEnough, mostMs = 20_000) => {
      const until = Date.now() + mostMs
      while (!isEnough()) {
        if (Date.now() > until) throw new Error(`It was not enough after ${mostMs} ms.`)
        await sleep(1)
      }
    },
  }
}

/** The world as it is, in the form of one whose time is a number: for keepers whose clock is nobody's to turn. */
import { timestamp } from 'decider-ts/store'
import type { VirtualWorld } from './VirtualWorld.js'

export const realWorld = (): VirtualWorld => {
  let waits = 0
  const sleep: VirtualWorld['sleep'] = (milliseconds, onBegun) =>
    new Promise((resolve) => {
      waits += 1
      const wake = (): void => {
        waits -= 1
        resolve()
      }
      const timer = setTimeout(wake, milliseconds)
      onBegun?.(() => {
        clearTimeout(timer)
        wake()
      })
    })
  return {
    now: () => timestamp(Date.now()),
    sleep,
    waits: () => waits,
    passUntil: async (isEnough, mostMs = 20_000) => {
      const until = Date.now() + mostMs
      while (!isEnough()) {
        if (Date.now() > until) throw new Error(`It was not enough after ${mostMs} ms.`)
        await sleep(1)
      }
    },
  }
}

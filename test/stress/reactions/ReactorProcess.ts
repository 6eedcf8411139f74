/**
 * An instance of everything that reads and reacts, in a process of its own, which can be killed and paused. Its options
 * are its argument. It says when it has started, what has ended unasked, and when it has stopped.
 * Used by: `Round`, which starts it.
 */
import { type ReactorOptions, startReactor } from './Reactor.js'

/** What the parent says. */
export type Order = 'rebuild' | 'stop'

/** What it says to the parent. */
export type Word =
  | { readonly word: 'started' }
  | { readonly word: 'ended'; readonly why: string }
  | { readonly word: 'stopped' }

const say = (word: Word, then: () => void = () => {}): void => {
  process.send?.(word, then)
}

const options: ReactorOptions = JSON.parse(process.argv[2] ?? '{}')

/** What the driver does when its connection is lost is survived, as in `ClientProcess`; anything else is not. */
process.on('uncaughtException', (error) => {
  if (error instanceof TypeError && /nextWrite/.test(error.stack ?? '')) return
  say({ word: 'ended', why: `uncaught: ${error.stack}` }, () => process.exit(1))
})

const reactor = startReactor(options, (why) => say({ word: 'ended', why }))

const stop = async (): Promise<void> => {
  for (const why of await reactor.stop()) say({ word: 'ended', why })
  say({ word: 'stopped' }, () => process.exit(0))
}

process.on('message', (order: Order) => {
  if (order === 'rebuild') reactor.rebuild()
  else void stop()
})
process.on('disconnect', () => process.exit(0))
say({ word: 'started' })

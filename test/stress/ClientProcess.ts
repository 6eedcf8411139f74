/**
 * A client in a process of its own, which can be killed. Its options are its argument; then it is told to stop and to
 * drain, and says when it has.
 * Used by: `Round`, which starts it.
 */
import { appendFileSync } from 'node:fs'
import { type ClientOptions, startClient } from './Client.js'

/** What the parent says. */
export type Order = { readonly order: 'stop' } | { readonly order: 'drain'; readonly upTo: number }

const options: ClientOptions = JSON.parse(process.argv[2] ?? '{}')

/**
 * postgres.js 3.4.9 writes to a socket that it has let go when a transaction ends after its connection was lost, in a
 * callback of its own where nobody can catch it. That is written down and survived; anything else is not.
 */
process.on('uncaughtException', (error) => {
  const isDriver = error instanceof TypeError && /nextWrite/.test(error.stack ?? '')
  const what = isDriver ? 'the driver wrote to a closed socket' : `uncaught: ${error.stack}`
  appendFileSync(options.file, `${JSON.stringify({ line: 'mishap', what })}\n`)
  if (!isDriver) process.exit(1)
})

const client = startClient(options)

const obey = async (order: Order): Promise<void> => {
  if (order.order === 'stop') {
    await client.stop()
    process.send?.('stopped')
  } else {
    await client.drain(order.upTo)
    process.send?.('drained', () => process.exit(0))
  }
}

process.on('message', (order: Order) => {
  void obey(order)
})
process.on('disconnect', () => process.exit(0))
process.send?.('started')

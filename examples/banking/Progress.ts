/**
 * How far a run is: a bar on a terminal, and four plain lines where the output goes to a file or a pipe.
 */
import { Presets, SingleBar } from 'cli-progress'
import { count } from './Check.js'

export interface Progress {
  readonly advance: (commands: number) => void
  readonly stop: () => void
}

export const progressOf = (total: number, say: (line: string) => void): Progress =>
  process.stdout.isTTY ? bar(total) : lines(total, say)

const bar = (total: number): Progress => {
  const shown = new SingleBar(
    {
      format: '   {bar} {percentage} %  {value} of {total} commands',
      stream: process.stdout,
      clearOnComplete: true,
      hideCursor: true,
      // The demo ends the bar itself, also when it is interrupted.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  shown.start(total, 0)
  return { advance: (commands) => shown.increment(commands), stop: () => shown.stop() }
}

const lines = (total: number, say: (line: string) => void): Progress => {
  let done = 0
  let quarter = 0
  const advance = (commands: number) => {
    done += commands
    const reached = Math.floor((4 * done) / total)
    if (reached > quarter) say(`   ${count(done)} of ${count(total)} commands`)
    quarter = Math.max(quarter, reached)
  }
  return { advance, stop: () => {} }
}

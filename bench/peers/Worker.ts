/**
 * One contender in a process of its own: some print to stdout, trap signals or never let their connections go. It does
 * what the parent asks, one thing at a time, and ends with the parent.
 */
import { type ContenderName, contenders } from './Contenders.js'
import type { Figures } from './Drive.js'
import { type Audit, auditOf } from './Verify.js'
import { type Session, type Size, type Workload, type WorkloadName, workloads } from './Workloads.js'

export type Ask =
  | {
      readonly ask: 'open'
      readonly contender: ContenderName
      readonly workload: WorkloadName
      readonly url: string
      readonly size: Size
    }
  | { readonly ask: 'round'; readonly round: number }
  | { readonly ask: 'end' }

export type Answer =
  | { readonly answer: 'opened' }
  | ({ readonly answer: 'figures' } & Figures)
  | ({ readonly answer: 'audit' } & Audit)
  | { readonly answer: 'failed'; readonly reason: string }

let session: Session | undefined
let workload: Workload | undefined

const current = (): { readonly session: Session; readonly workload: Workload } => {
  if (session === undefined || workload === undefined) throw new Error('Nothing is open.')
  return { session, workload }
}

const open = async ({ contender: name, workload: at, url, size }: Ask & { ask: 'open' }): Promise<Answer> => {
  const contender = (await contenders[name]())(url)
  session = { contender, url, size, acknowledged: new Set() }
  workload = workloads[at]
  await contender.install?.()
  await workload.prepare?.(session)
  return { answer: 'opened' }
}

const round = async (number: number): Promise<Answer> => {
  const now = current()
  await now.workload.prepareRound?.(now.session, number)
  return { answer: 'figures', ...(await now.workload.round(now.session, number)) }
}

const end = async (): Promise<Answer> => {
  const { contender, acknowledged } = current().session
  const audit = auditOf(acknowledged, (await contender.recorded?.()) ?? [])
  await contender.close?.()
  session = undefined
  return { answer: 'audit', ...audit }
}

const answerTo = (ask: Ask): Promise<Answer> => {
  switch (ask.ask) {
    case 'open':
      return open(ask)
    case 'round':
      return round(ask.round)
    case 'end':
      return end()
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

process.on('message', async (ask: Ask) => {
  const answer = await answerTo(ask).catch((error): Answer => ({ answer: 'failed', reason: reasonOf(error) }))
  process.send?.(answer)
})
process.on('disconnect', () => process.exit())

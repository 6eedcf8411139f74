/** The figures of the pipeline, as the read models of the relationships service have them. */
import type { ReadModels } from 'decider-ts'
import { either as E } from 'fp-ts'
import { agents, pipeline } from '../relationships/Projections.js'
import { entriesOf } from '../Service.js'
import type { Figures } from './Oracle.js'

export const figuresOf = async (readModels: Pick<ReadModels, 'page'>): Promise<Figures> => {
  const [stages, sellers] = await Promise.all([
    entriesOf(readModels, pipeline)(),
    entriesOf(readModels, agents)(),
  ])
  if (E.isLeft(stages) || E.isLeft(sellers)) throw new Error('The read models cannot be read.')
  return {
    pipeline: stages.right.get('all') ?? pipeline.initialState,
    agents: new Map([...sellers.right].map(([key, sales]) => [key.replace(/^agent:/, ''), sales])),
  }
}

/** The figures that the data are known to give, used for comparison only. */
import { type Check, check } from '../../banking/Check.js'
import type { Pipeline } from './Pipeline.js'

export const published = {
  opportunities: 8_800,
  accounts: 85,
  won: 4_238,
  lost: 2_473,
  engaging: 1_589,
  prospecting: 500,
  wonValue: 10_005_534,
  closed: 6_711,
  topAgent: 'Darcel Schlecht',
  topValue: 1_153_214,
  renamed: 1_480,
}

/** What the read models of the relationships service say. */
export interface Figures {
  readonly pipeline: {
    readonly won: number
    readonly lost: number
    readonly engaging: number
    readonly prospecting: number
    readonly wonValue: number
    readonly engagedBeforeClose: number
  }
  /** What each agent has sold, by name. */
  readonly agents: ReadonlyMap<string, { readonly value: number }>
}

export const oracleChecks = (
  { accounts, opportunities, renamed }: Pipeline,
  figures: Figures,
): ReadonlyArray<Check> => {
  const { won, lost, engaging, prospecting, wonValue, engagedBeforeClose } = figures.pipeline
  const [top] = [...figures.agents].sort(([, left], [, right]) => right.value - left.value)
  return [
    check('accounts', published.accounts, accounts.length),
    check('opportunities', published.opportunities, opportunities.length),
    check('won', published.won, won),
    check('lost', published.lost, lost),
    check('engaging', published.engaging, engaging),
    check('prospecting', published.prospecting, prospecting),
    check('value of what was won', published.wonValue, wonValue),
    check('closed after they were engaged in', published.closed, engagedBeforeClose),
    check('the agent who sold most', published.topAgent, top?.[0] ?? 'nobody'),
    check('and for how much', published.topValue, top?.[1].value ?? 0),
    check("rows with 'GTXPro' for 'GTX Pro'", published.renamed, renamed),
  ]
}

/**
 * The real pipeline, through the services in memory: every published figure. The files are not part of the repository, so
 * these tests are skipped, and say so, where `CRM_DIR` does not lead to them.
 */
import { either as E } from 'fp-ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { holds } from '../../examples/banking/Check.js'
import { reportBadInput } from '../../examples/banking/DelimitedText.js'
import { bonds } from '../../examples/crm/campaigns/Projections.js'
import { figuresOf } from '../../examples/crm/pipeline/Figures.js'
import { oracleChecks } from '../../examples/crm/pipeline/Oracle.js'
import { type Pipeline, readPipeline } from '../../examples/crm/pipeline/Pipeline.js'
import { isThere, loadPipeline, usualDirectory } from '../../examples/crm/pipeline/PipelineFiles.js'
import { entriesOf } from '../../examples/crm/Service.js'
import { memorySystem, type Name, type System, settle } from '../../examples/crm/System.js'

const directory = usualDirectory()
const absent = !isThere(directory)
if (absent)
  process.stderr.write('SKIPPED: the tests on the real pipeline need CRM_DIR, a directory with its files.\n')

const askAll = async (system: System, name: Name, lists: Pipeline['accounts']): Promise<void> => {
  const ask = system[name].running()?.service.ask
  for (const command of lists.flat()) {
    const answer = await ask?.(command)()
    if (answer === undefined || E.isLeft(answer)) throw new Error(JSON.stringify({ command, answer }))
  }
}

describe.skipIf(absent)('the real pipeline', () => {
  let pipeline: Pipeline
  const system = memorySystem()

  beforeAll(async () => {
    const loaded = await loadPipeline(directory)()
    if (E.isLeft(loaded)) throw new Error(reportBadInput(loaded.left))
    pipeline = loaded.right
    await askAll(system, 'customers', pipeline.accounts)
    await askAll(system, 'relationships', pipeline.opportunities)
    await settle(system)
  }, 120_000)

  test('the read models have every published figure', async () => {
    const checks = oracleChecks(pipeline, await figuresOf(system.relationships.shelf))
    expect(checks.filter((check) => !holds(check))).toEqual([])
  })

  test('another service has heard what each customer bought', async () => {
    const entries = await entriesOf(system.campaigns.shelf, bonds)()
    const spent = E.isRight(entries) ? [...entries.right.values()].map(({ spent }) => spent) : []
    expect(spent.reduce((sum, each) => sum + each, 0)).toBe(10_005_534)
    expect(system.campaigns.shelf.entriesOf('people').size).toBe(85)
  })

  test('a figure that is off is found', async () => {
    const figures = await figuresOf(system.relationships.shelf)
    const altered = { ...figures, pipeline: { ...figures.pipeline, won: figures.pipeline.won - 1 } }
    expect(oracleChecks(pipeline, altered).filter((check) => !holds(check))).toHaveLength(1)
  })
})

describe('what is in doubt is refused', () => {
  const files = {
    accounts: {
      file: 'accounts.csv',
      text: 'account,sector,year_established,revenue,employees,office_location,subsidiary_of\nAcme Inc,retail,1990,1.0,20,Norway,\n',
    },
    products: { file: 'products.csv', text: 'product,series,sales_price\nGTX Pro,GTX,4821\n' },
  }
  const read = (...rows: ReadonlyArray<string>) => {
    const header = 'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value'
    const opportunities = { file: 'sales_pipeline.csv', text: [header, ...rows].join('\n') }
    return readPipeline({ ...files, opportunities })
  }

  test('a row becomes what must have been asked', () => {
    expect(read('OPP1,Lee,GTXPro,Acme Inc,Won,2017-01-01,2017-02-01,50')).toMatchObject(
      E.right({
        renamed: 1,
        accounts: [[{ type: 'Register', customer: 'acme-inc', segment: 'small' }]],
        opportunities: [
          [
            { type: 'Prospect', opportunity: 'OPP1', agent: 'Lee', product: 'GTX Pro' },
            { type: 'Attribute', opportunity: 'OPP1', customer: 'acme-inc' },
            { type: 'Engage', opportunity: 'OPP1', on: '2017-01-01' },
            { type: 'Win', opportunity: 'OPP1', on: '2017-02-01', value: 50 },
          ],
        ],
      }),
    )
  })

  test.each([
    ['OPP1,Lee,GTXPro,Acme Inc,Sold,2017-01-01,2017-02-01,50', "there is no stage 'Sold'"],
    ['OPP1,Lee,Lamp,Acme Inc,Won,2017-01-01,2017-02-01,50', "there is no product 'Lamp'"],
    ['OPP1,Lee,GTX Pro,Nobody,Won,2017-01-01,2017-02-01,50', "there is no account 'Nobody'"],
    ['OPP1,Lee,GTX Pro,Acme Inc,Won,,2017-02-01,50', "what it tells does not go with the stage 'Won'"],
    ['OPP1,Lee,GTX Pro', 'it has 3 columns instead of 8'],
  ])('%s', (row, reason) => {
    expect(read(row)).toEqual(E.left({ file: 'sales_pipeline.csv', line: 2, reason }))
  })
})

/**
 * A coverage as text: a table for a terminal, JSON for tools, and Markdown for the pages of a domain. What is printed is
 * found out by running the domain, so it cannot become outdated.
 * Used by: `domainSuite`, and whoever documents a domain.
 *
 * Laws (test/properties/harness/coverage/ShowCoverage.test.ts):
 * - SCV-1 all of it: the table names every command, every state and every outcome with its count, no line is wider than
 *   110, and its columns are aligned.
 * - SCV-2 JSON: what is written as JSON is read back as the same coverage.
 * - SCV-3 whole rows: every row of the decision table has as many columns as its head, whatever the names are.
 * @since 0.1.0
 */
import type { Coverage, CoverageCell, CoverageOutcome, CoverageReach } from './Coverage.js'

const widthMax = 110

/** A name longer than this is cut in the table; it is whole in the JSON. */
const nameWidthMax = 32

/** What happened fewer times than this is marked. */
const rareBelow = 5

/**
 * A coverage as a table of text, no wider than 110: each command in each state, what it led to, and how often. `*` marks
 * what happened fewer than five times, `✗` a rejection.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { coverageOf, historyOf, showCoverage } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Door = domain({
 *   name: 'door', command: named('Open'), event: named('Opened'), rejection: named('AlreadyOpen'), state: t.boolean,
 *   streamId: () => 'front', initialState: false, evolve: () => true,
 *   decide: () => (open) => (open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * const coverage = coverageOf({ domain: Door, expectations: {} })([historyOf(Door)([{ type: 'Open' }, { type: 'Open' }])])
 * showCoverage(coverage).split('\n')[0] // => '1 history, 2 commands, 50% of them accepted'
 * showCoverage(coverage).split('\n')[2] // => 'command | state | led to'
 */
export const showCoverage = (coverage: Coverage): string =>
  [
    ...wrapped(headline(coverage)),
    '',
    ...tableOf(coverage),
    '',
    ...reachLines('commands', coverage.commands),
    ...reachLines('events', coverage.events),
    ...reachLines('rejections', coverage.rejections),
    ...coverage.remarks.flatMap((remark) => wrapped(remark)),
    ...legend(coverage),
  ].join('\n')

/**
 * A coverage as JSON text, to be kept, compared, or read by other tools.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { coverageOf, coverageToJson } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Bell = domain({
 *   name: 'bell', command: named('Ring'), event: named('Rung'), rejection: named('Broken'), state: t.number,
 *   streamId: () => 'front', initialState: 0, evolve: (n) => n + 1, decide: () => () => accept({ type: 'Rung' }),
 * })
 * const coverage = coverageOf({ domain: Bell, expectations: {} })([])
 * JSON.parse(coverageToJson(coverage)).rejections // => [{ type: 'Broken', times: 0 }]
 */
export const coverageToJson = (coverage: Coverage): string => JSON.stringify(coverage, undefined, 2)

/** With more names of states than this a table of commands and states would be too wide to read. */
const columnsMax = 8

/**
 * The decisions that were met, as a table in Markdown: one row for each command, one column for each name of a state.
 * With more than eight of those it is a list of rows instead.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { coverageOf, decisionTable, historyOf } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Bell = domain({
 *   name: 'bell', command: named('Ring'), event: named('Rung'), rejection: named('Broken'), state: t.number,
 *   streamId: () => 'front', initialState: 0, evolve: (n) => n + 1, decide: () => () => accept({ type: 'Rung' }),
 * })
 * const coverage = coverageOf({ domain: Bell, expectations: {} })([historyOf(Bell)([{ type: 'Ring' }])])
 * decisionTable(coverage).split('\n') // => ['| command | · |', '|---|---|', '| Ring | Rung |']
 */
export const decisionTable = (coverage: Coverage): string => {
  const commands = [...new Set(coverage.cells.map(({ command }) => command))]
  const asked = new Set(coverage.cells.map(({ state }) => state))
  const states = coverage.states.map(({ name }) => name).filter((name) => asked.has(name))
  const rows =
    states.length > columnsMax
      ? [
          ['command', 'state', 'led to'],
          ...coverage.cells.map((cell) => [cell.command, cell.state, outcomesOf(cell)]),
        ]
      : [
          ['command', ...states],
          ...commands.map((command) => [
            command,
            ...states.map((state) =>
              coverage.cells
                .filter((cell) => cell.command === command && cell.state === state)
                .map(outcomesOf)
                .join(''),
            ),
          ]),
        ]
  const [head = [], ...body] = rows
  return [markdownRow(head), `|${'---|'.repeat(head.length)}`, ...body.map(markdownRow)].join('\n')
}

const outcomesOf = ({ outcomes }: CoverageCell): string => outcomes.map(outcomeName).join(', ')

const markdownRow = (columns: ReadonlyArray<string>): string =>
  `| ${columns.map((text) => inOneLine(text).replace(/[\\|`*_<>[\]#&]/g, '\\$&')).join(' | ')} |`

const outcomeName = ({ kind, name }: CoverageOutcome): string => (kind === 'rejection' ? `✗ ${name}` : name)

const headline = ({ histories, steps, accepted, terminated }: Coverage): string =>
  [
    `${histories} ${histories === 1 ? 'history' : 'histories'}`,
    `${steps} ${steps === 1 ? 'command' : 'commands'}`,
    ...(steps === 0 ? [] : [`${Math.round((100 * accepted) / steps)}% of them accepted`]),
    ...(terminated === 0 ? [] : [`${terminated} came to a terminal state`]),
  ].join(', ')

const tableOf = ({ cells }: Coverage): ReadonlyArray<string> => {
  if (cells.length === 0) return ['No command was decided.']
  const rows = cells.map(({ command, state, outcomes }) => ({
    command: inShort(command),
    state: inShort(state),
    outcomes: outcomes.map((one) => inShort(outcomeName(one), widthMax / 4) + frequency(one.count)),
  }))
  const commandWidth = Math.max('command'.length, ...rows.map(({ command }) => widthOf(command)))
  const stateWidth = Math.max('state'.length, ...rows.map(({ state }) => widthOf(state)))
  const line = (command: string, state: string, rest: string) =>
    `${padded(command, commandWidth)} | ${padded(state, stateWidth)} | ${rest}`.trimEnd()
  const room = widthMax - commandWidth - stateWidth - 6
  return [
    line('command', 'state', 'led to'),
    `${'-'.repeat(commandWidth)}-|-${'-'.repeat(stateWidth)}-|-${'-'.repeat(room)}`,
    ...rows.flatMap(({ command, state, outcomes }, index) =>
      packed(outcomes, room).map((rest, n) =>
        line(n === 0 && rows[index - 1]?.command !== command ? command : '', n === 0 ? state : '', rest),
      ),
    ),
  ]
}

const reachLines = (what: string, reaches: ReadonlyArray<CoverageReach>): ReadonlyArray<string> => {
  const never = reaches.filter(({ times }) => times === 0)
  const met = reaches.filter(({ times }) => times > 0).sort((a, b) => b.times - a.times)
  const listed = (intro: string, names: ReadonlyArray<string>) =>
    packed(names, widthMax - intro.length - 1).map(
      (line, n) => `${n === 0 ? intro : ' '.repeat(intro.length)} ${line}`,
    )
  return [
    ...(met.length === 0
      ? []
      : listed(
          `${what}:`,
          met.map(({ type, times }) => inShort(type) + frequency(times)),
        )),
    ...(never.length === 0
      ? []
      : listed(
          `${what} never reached:`,
          never.map(({ type }) => inShort(type)),
        )),
  ]
}

const frequency = (count: number): string => ` ${count}${count < rareBelow ? '*' : ''}`

const legend = (coverage: Coverage): ReadonlyArray<string> => {
  const counts = [
    ...coverage.cells.flatMap(({ outcomes }) => outcomes.map(({ count }) => count)),
    ...[...coverage.commands, ...coverage.events, ...coverage.rejections].map(({ times }) => times),
  ]
  return counts.some((count) => count > 0 && count < rareBelow) ? [`* fewer than ${rareBelow} times`] : []
}

/** Names with commas between them, in lines that fit. */
const packed = (names: ReadonlyArray<string>, room: number): ReadonlyArray<string> =>
  filled(
    names.map((name, index) => (index === names.length - 1 ? name : `${name},`)),
    room,
  )

/** A sentence in lines that fit. */
const wrapped = (text: string): ReadonlyArray<string> => filled(text.split(' '), widthMax)

/** As many of the pieces in each line as there is room for; at least one. */
const filled = (pieces: ReadonlyArray<string>, room: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const piece of pieces) {
    const last = lines.at(-1)
    const hasRoom = last !== undefined && widthOf(last) + 1 + widthOf(piece) <= room
    if (hasRoom) lines.splice(-1, 1, `${last} ${piece}`)
    else lines.push(piece)
  }
  return lines
}

/** By characters, of which an emoji is one. */
const widthOf = (text: string): number => [...text].length

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

const inShort = (text: string, max: number = nameWidthMax): string => {
  const characters = [...inOneLine(text)]
  return characters.length <= max
    ? characters.join('')
    : `${characters.slice(0, Math.floor(max) - 1).join('')}…`
}

/** A name that is a free text may have any character in it. */
const inOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')

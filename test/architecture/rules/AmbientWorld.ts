/**
 * The inner rooms do not reach for the world: no clock, no chance, no timers, no process.
 * What a decision depends on is in its arguments, so that every run can be repeated.
 */
import ts from 'typescript-6.0'
import { ambientExempt, isInner } from './House.js'
import { at, isSourceModule, type Rule, type SourceText, treeOf, type Violation, walk } from './Rule.js'
import { globalNameOf } from './Scope.js'

const worldly = new Set([
  'process',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'crypto',
  'globalThis',
])
const worldlyMembers = new Set(['Date.now', 'Math.random'])
const processListeners = new Set(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'])

const advice = 'take it from the Environment, or as an argument'

const memberOf = (node: ts.Node): string | undefined => {
  if (!ts.isPropertyAccessExpression(node)) return undefined
  const name = globalNameOf(node.expression)
  return name === undefined ? undefined : `${name}.${node.name.text}`
}

const readsClock = (node: ts.Node): boolean => {
  if (ts.isCallExpression(node)) return globalNameOf(node.expression) === 'Date'
  return (
    ts.isNewExpression(node) &&
    globalNameOf(node.expression) === 'Date' &&
    (node.arguments?.length ?? 0) === 0
  )
}

const worldIn = (node: ts.Node): string | undefined => {
  const name = globalNameOf(node)
  if (name !== undefined && worldly.has(name)) return name
  const member = memberOf(node)
  if (member !== undefined && worldlyMembers.has(member)) return member
  return readsClock(node) ? 'new Date()' : undefined
}

const breachesIn = (
  file: SourceText,
  judge: (node: ts.Node) => string | undefined,
): ReadonlyArray<Violation> => {
  const violations: Violation[] = []
  walk(treeOf(file), (node) => {
    const message = judge(node)
    if (message !== undefined) violations.push(at(file, node, message))
  })
  return violations
}

/** `store`, `evolve`, `decide` and `run` use no clock, chance, timer or process, except in one module. */
export const noAmbientWorld: Rule = (files) =>
  files
    .filter((file) => isSourceModule(file) && isInner(file.path) && file.path !== ambientExempt)
    .flatMap((file) =>
      breachesIn(file, (node) => {
        const world = worldIn(node)
        return world === undefined ? undefined : `${world} is the ambient world; ${advice}`
      }),
    )

const intrusionIn = (node: ts.Node): string | undefined => {
  if (globalNameOf(node) === 'console') return 'a library does not print; return the fact, or call a port'
  const [name, member = ''] = memberOf(node)?.split('.') ?? []
  return name === 'process' && processListeners.has(member)
    ? 'a library does not listen to the process; its user calls the function that stops it'
    : undefined
}

/** Nothing in `src` prints, and nothing listens to the process. */
export const noIntrusion: Rule = (files) =>
  files.filter(isSourceModule).flatMap((file) => breachesIn(file, intrusionIn))

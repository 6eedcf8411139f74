/**
 * Finds the fenced code blocks of Markdown text and says which of them are programs.
 * Pages and doc comments share it, so that a fence means the same in both.
 */
import type { Extraction, Line, Problem } from './Source.js'

/** A fenced block: where it opens, what follows the backticks, and the lines between the fences. */
export interface Fence {
  readonly line: number
  readonly info: string
  readonly body: ReadonlyArray<Line>
  readonly closed: boolean
}

interface Marker {
  readonly mark: string
  readonly info: string
}

const markerOf = (text: string): Marker | undefined => {
  const match = /^\s*(`{3,}|~{3,})(.*)$/.exec(text)
  if (match === null) return undefined
  const [, mark = '', rest = ''] = match
  // A backtick after the opening marks inline code that only looks like a fence.
  return mark.startsWith('`') && rest.includes('`') ? undefined : { mark, info: rest.trim() }
}

const closes = (opening: string, text: string): boolean => {
  const marker = markerOf(text)
  return marker !== undefined && marker.info === '' && marker.mark.startsWith(opening)
}

/** All fenced blocks, in order. An unclosed one reaches to the last line, as in CommonMark. */
export const fencesOf = (lines: ReadonlyArray<Line>): ReadonlyArray<Fence> => {
  const fences: Fence[] = []
  let index = 0
  while (index < lines.length) {
    const line = lines[index]
    const marker = line === undefined ? undefined : markerOf(line.text)
    if (line === undefined || marker === undefined) {
      index += 1
      continue
    }
    const rest = lines.slice(index + 1)
    const length = rest.findIndex((candidate) => closes(marker.mark, candidate.text))
    const body = length === -1 ? rest : rest.slice(0, length)
    fences.push({ line: line.number, info: marker.info, body, closed: length !== -1 })
    index += body.length + 2
  }
  return fences
}

/** The lines outside all fences: prose. */
export const proseOf = (lines: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const fenced = new Set(
    fencesOf(lines).flatMap((fence) => [
      fence.line,
      ...fence.body.map((line) => line.number),
      fence.line + fence.body.length + 1,
    ]),
  )
  return lines.filter((line) => !fenced.has(line.number))
}

const complaintAbout = (fence: Fence): string | undefined => {
  if (!/^(ts|typescript)\b/i.test(fence.info)) return undefined
  if (!fence.closed) return 'this ts fence is never closed; end it with the same backticks'
  if (fence.info === 'ts' || /^ts no-run:\s*\S/.test(fence.info)) return undefined
  if (/^ts no-run/.test(fence.info)) return 'no-run needs its reason; write `ts no-run: <why it cannot run>`'
  return `unknown fence "${fence.info}"; write \`ts\`, or \`ts no-run: <reason>\``
}

const quotedFence = /^\s*>[\s>]*(`{3,}|~{3,})\s*(ts|typescript)\b/i

/**
 * What a fence is as a part of a program: one marked `ts` is its lines; one marked `text of <expression>` is the claim that
 * the expression is this text, so that what a page shows of a report is what the report says.
 */
const programOf = (fence: Fence): Fence | undefined => {
  if (fence.info === 'ts') return fence
  const expression = /^text of (.+)$/.exec(fence.info)?.[1]
  if (expression === undefined) return undefined
  const shown = fence.body.map(({ text }) => text).join('\n')
  return { ...fence, body: [{ number: fence.line, text: `${expression} // => ${JSON.stringify(shown)}` }] }
}

/** The fences that are programs (marked `ts`) or claims of one, and complaints about those that only seem to be. */
export const programFences = (source: string, lines: ReadonlyArray<Line>): Extraction<Fence> => {
  const fences = fencesOf(lines)
  const unclear: ReadonlyArray<Problem> = fences.flatMap((fence) => {
    const message = complaintAbout(fence)
    return message === undefined ? [] : [{ source, line: fence.line, message }]
  })
  const quoted: ReadonlyArray<Problem> = lines
    .filter((line) => quotedFence.test(line.text))
    .map((line) => ({
      source,
      line: line.number,
      message: 'a ts fence inside a quotation is not executed; take it out of the quotation',
    }))
  return {
    found: fences.filter(({ closed }) => closed).flatMap((fence) => programOf(fence) ?? []),
    problems: [...unclear, ...quoted],
  }
}

/**
 * Changes a text at several places at once, by the positions that the unchanged text has.
 * The rewriting of examples needs it, because a syntax tree speaks of positions.
 */

/** Replaces the span from `pos` to `end`; an empty span inserts. */
export interface Edit {
  readonly pos: number
  readonly end: number
  readonly text: string
}

/** Applies edits that do not overlap, in any order given. */
export const applyEdits = (text: string, edits: ReadonlyArray<Edit>): string =>
  [...edits]
    .sort((a, b) => b.pos - a.pos)
    .reduce((result, edit) => result.slice(0, edit.pos) + edit.text + result.slice(edit.end), text)

/** Removes a span and keeps its line breaks, so that the lines below stay where they are. */
export const blank = (text: string, pos: number, end: number): Edit => ({
  pos,
  end,
  text: text.slice(pos, end).replace(/[^\r\n]/g, ''),
})

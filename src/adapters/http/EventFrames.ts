/**
 * Server-sent events, read: from pieces of text, cut wherever the network cut them, to frames. It knows what the standard
 * says of lines, fields and comments, and keeps no more than one frame that is not complete.
 * Used by: `httpFeed`.
 *
 * Laws (test/properties/adapters/http/EventFrames.test.ts):
 * - SSE-1 cuts: the frames of a text are the same wherever it is cut.
 * @since 0.1.0
 */

/** What came with one blank line after it. */
export interface EventFrame {
  readonly id: string | undefined
  readonly event: string | undefined
  /** Empty where there was none. */
  readonly data: string
}

/** Frames so far, and the text that is not a frame yet. */
export interface FrameReading {
  readonly rest: string
  readonly isAfterReturn: boolean
  readonly frame: { readonly [Field in keyof EventFrame]?: EventFrame[Field] | undefined }
}

/** Before the first piece. */
export const noFrames: FrameReading = { rest: '', isAfterReturn: false, frame: {} }

/** The frames that a piece completes, and what to go on with. */
export const readFrames = (
  before: FrameReading,
  piece: string,
): readonly [FrameReading, ReadonlyArray<EventFrame>] => {
  // A line may end with a return, a line feed or both, and a cut between the two is no line of its own.
  const text = before.rest + (before.isAfterReturn && piece.startsWith('\n') ? piece.slice(1) : piece)
  const lines = text.split(/\r\n|\r|\n/)
  const rest = lines.pop() ?? ''
  const frames: Array<EventFrame> = []
  let { frame } = before
  for (const line of lines) {
    if (line !== '') frame = withLine(frame, line)
    else {
      if (Object.keys(frame).length > 0)
        frames.push({ id: frame.id, event: frame.event, data: frame.data ?? '' })
      frame = {}
    }
  }
  const isAfterReturn = piece === '' ? before.isAfterReturn : piece.endsWith('\r')
  return [{ rest, isAfterReturn, frame }, frames]
}

const withLine = (frame: FrameReading['frame'], line: string): FrameReading['frame'] => {
  const colon = line.indexOf(':')
  const field = colon === -1 ? line : line.slice(0, colon)
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
  switch (field) {
    case 'id':
      return { ...frame, id: value }
    case 'event':
      return { ...frame, event: value }
    case 'data':
      return { ...frame, data: frame.data === undefined ? value : `${frame.data}\n${value}` }
    default:
      return frame
  }
}

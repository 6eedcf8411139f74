/** A decision model infers its states from the scoped views of its command. */
import {
  accept,
  type DecisionModel,
  decisionModel,
  nothing,
  reject,
  type ScopedView,
  scopedView,
} from 'decider-ts/decide'
import { streamId, tag } from 'decider-ts/store'
import * as t from 'io-ts'
import type { Equal } from './Equal.js'

const Enrolled = t.type({ type: t.literal('Enrolled'), course: t.string, student: t.string })
const Resized = t.type({ type: t.literal('Resized'), seats: t.number })

export const seats = scopedView({
  event: t.union([Enrolled, Resized]),
  tags: [tag('course', 'c1')],
  initialState: { taken: 0, most: 0 },
  evolve: (state, event) =>
    event.type === 'Enrolled' ? { ...state, taken: state.taken + 1 } : { ...state, most: event.seats },
})
export const seatsType: Equal<typeof seats, ScopedView<{ taken: number; most: number }>> = true

scopedView({
  event: Resized,
  tags: [],
  initialState: 0,
  // @ts-expect-error the event has no such field
  evolve: (_, event) => event.chairs,
})
scopedView({
  event: Resized,
  // @ts-expect-error any text is no tag
  tags: ['course:c1'],
  initialState: 0,
  evolve: (state) => state,
})

const spec = {
  name: 'enrolment',
  command: t.type({ type: t.literal('Enrol'), course: t.string, student: t.string }),
  event: Enrolled,
  rejection: t.union([
    t.type({ type: t.literal('CourseFull') }),
    t.type({ type: t.literal('AlreadyEnrolled') }),
  ]),
}

export const enrol = decisionModel({
  ...spec,
  stream: (event) => streamId('course', event.course),
  tags: (event) => [tag('course', event.course), tag('student', event.student)],
  views: (command) => ({
    seats,
    courses: scopedView({
      event: Enrolled,
      tags: [tag('student', command.student)],
      initialState: [] as ReadonlyArray<string>,
      evolve: (courses, event) => [...courses, event.course],
    }),
  }),
  decide: (command) => (state) => {
    if (state.courses.includes(command.course)) return reject({ type: 'AlreadyEnrolled' })
    return state.seats.taken >= state.seats.most
      ? reject({ type: 'CourseFull' })
      : accept({ type: 'Enrolled', course: command.course, student: command.student })
  },
})
export const enrolType: Equal<
  typeof enrol,
  DecisionModel<
    { type: 'Enrol'; course: string; student: string },
    { readonly seats: { taken: number; most: number }; readonly courses: ReadonlyArray<string> },
    { type: 'Enrolled'; course: string; student: string },
    { type: 'CourseFull' } | { type: 'AlreadyEnrolled' }
  >
> = true

decisionModel({
  ...spec,
  stream: () => streamId('course', 'c1'),
  tags: () => [],
  views: () => ({ seats }),
  // @ts-expect-error there is no view of this name
  decide: () => (state) => (state.courses.length > 0 ? nothing : nothing),
})
decisionModel({
  ...spec,
  stream: () => streamId('course', 'c1'),
  tags: () => [],
  views: () => ({ seats }),
  // @ts-expect-error a rejection that the codec does not declare
  decide: () => () => reject({ type: 'Closed' }),
})
decisionModel({
  ...spec,
  // @ts-expect-error any text is no stream
  stream: () => 'course-c1',
  tags: () => [],
  views: () => ({ seats }),
  decide: () => () => nothing,
})

/**
 * Figures to watch as gauges: whatever a task gives as numbers is asked for whenever metrics are collected. The vital
 * signs of a log are the first use; anything else that counts serves as well.
 * Used by: users.
 * @since 0.1.0
 */
import { type Meter, metrics } from '@opentelemetry/api'
import { either as E, type taskEither as TE } from 'fp-ts'

/** Numbers by name. What is undefined is not told. */
export type Figures<Name extends string> = { readonly [Key in Name]?: number | bigint | undefined }

/** Whom to tell, and what to say of every figure. */
export interface ObserveOptions {
  /** The global meter unless given. */
  readonly meter?: Meter
  /** Added to every figure, such as the schema of a log. */
  readonly attributes?: Readonly<Record<string, string>>
}

/**
 * Shows figures as gauges called `<name>.<figure>`, in the units that are given for them (as UCUM writes them: `ms`, `By`,
 * `{event}`). One collection asks once; where the answer is a failure, nothing is told. The result stops it.
 * @example
 * import { taskEither as TE } from 'fp-ts'
 * import { observe } from 'decider-ts/adapters/opentelemetry'
 * const queue = ['first', 'second']
 * const stop = observe('shop.queue', { waiting: '{order}' }, TE.fromIO(() => ({ waiting: queue.length })))
 * stop() // => undefined
 */
export const observe = <Name extends string>(
  name: string,
  units: Readonly<Record<Name, string>>,
  figures: TE.TaskEither<unknown, Figures<NoInfer<Name>>>,
  { meter = metrics.getMeter('decider-ts'), attributes = {} }: ObserveOptions = {},
): (() => void) => {
  const names = Object.keys(units) as ReadonlyArray<string> as ReadonlyArray<Name>
  const gauges = names.map((figure) => ({
    figure,
    gauge: meter.createObservableGauge(`${name}.${figure}`, { unit: units[figure] }),
  }))
  const observed = gauges.map(({ gauge }) => gauge)
  const collect: Parameters<Meter['addBatchObservableCallback']>[0] = async (result) => {
    const answer = await figures()
    if (E.isLeft(answer)) return
    for (const { figure, gauge } of gauges) {
      const value = answer.right[figure]
      if (value !== undefined) result.observe(gauge, Number(value), attributes)
    }
  }
  meter.addBatchObservableCallback(collect, observed)
  return () => meter.removeBatchObservableCallback(collect, observed)
}

/**
 * What reports are made of.
 * Used by: `Report`, `ReadingReport`.
 */

/** Of those there are: a round that broke off has none. */
export const medianOf = (figures: ReadonlyArray<number>): number => {
  const known = figures.filter(Number.isFinite).sort((a, b) => a - b)
  return known[Math.floor(known.length / 2)] ?? Number.NaN
}

/** A Markdown table. */
export const markdownOf = (
  heads: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
): string => [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

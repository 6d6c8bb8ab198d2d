// Does a series of measurements grow? A robust line through it says so, whatever a busy machine adds to single ones.

export interface Trend {
  /** Over the whole series, in the series' own unit, along the line. */
  readonly growth: number;
  readonly first: number;
  readonly last: number;
  readonly most: number;
}

/** Theil and Sen: the median of the slopes between all pairs. @param series at equal distances, two or more */
export function trendOf(series: readonly number[]): Trend {
  const slopes = series.flatMap((from, at) =>
    series.slice(at + 1).map((to, index) => (to - from) / (index + 1)),
  );
  const sorted = slopes.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const slope = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
  return {
    growth: slope * (series.length - 1),
    first: series[0]!,
    last: series.at(-1)!,
    most: Math.max(...series),
  };
}

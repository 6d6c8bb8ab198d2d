// What is said of a series of measurements. Machines are shared, so medians count and outliers do not.

/** Between two samples in proportion, as numpy's default does. @param share 0–1 @returns NaN of nothing */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/** Of pairs that were measured right after one another, so that what disturbed one disturbed the other. */
export function medianRatio(of: readonly number[], against: readonly number[]): number {
  return median(of.map((sample, index) => sample / against[index]!));
}

export interface Line {
  readonly offset: number;
  readonly slope: number;
  /** The largest |measured − line| ÷ line. */
  readonly worst: number;
}

/**
 * The line through points that errs least in proportion (least squares of the relative error), because a benchmark's
 * large points would else decide alone.
 */
export function fitLine(points: readonly { readonly x: number; readonly y: number }[]): Line {
  let [w, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  for (const { x, y } of points) {
    const weight = 1 / (y * y);
    w += weight;
    wx += weight * x;
    wxx += weight * x * x;
    wy += weight * y;
    wxy += weight * x * y;
  }
  const slope = (w * wxy - wx * wy) / (w * wxx - wx * wx);
  const offset = (wy - slope * wx) / w;
  const errors = points.map(({ x, y }) => Math.abs(y - (offset + slope * x)) / Math.abs(offset + slope * x));
  return { offset, slope, worst: Math.max(...errors) };
}

// How long a message waits after a delivery that was not acknowledged.

export interface BackOff {
  /** After the first failure. */
  readonly minMs: number;
  readonly maxMs: number;
}

/** The wait is shorter by up to this part, so that what failed together does not come back together. */
const JITTER = 0.25;

/**
 * Twice as long after each failure, up to the longest.
 * @param failures so far, from 1
 * @param random 0 to below 1
 * @returns milliseconds
 */
export function backOff(failures: number, { minMs, maxMs }: BackOff, random: number): number {
  return Math.round(Math.min(maxMs, minMs * 2 ** (failures - 1)) * (1 - JITTER * random));
}

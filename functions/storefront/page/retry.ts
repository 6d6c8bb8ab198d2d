// When a request that failed is made again: later each time, not all pages at once, and not before the service says so.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * @param attempt 1 before the second try
 * @param random 0–1
 * @param retryAfter seconds, as the answer's header says
 */
export function delayBefore(attempt: number, random: number, retryAfter?: number): number {
  const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  const spread = doubled * (0.75 + random / 2);
  return Math.round(Math.max(spread, (retryAfter ?? 0) * 1000));
}

/** Answers that may be others in a moment. 0 is no answer at all. */
export function isPassing(status: number): boolean {
  return [0, 408, 425, 429, 500, 502, 503, 504].includes(status);
}

/** @param header Retry-After as it came; a date is none of ours */
export function retryAfterOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

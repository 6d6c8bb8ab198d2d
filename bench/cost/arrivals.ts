// When photos come: by chance, at an even rate while the shop is open (a Poisson process), none while it is closed.

const HOUR_SEC = 3600;
const DAY_SEC = 24 * HOUR_SEC;

export interface ArrivalOptions {
  readonly photosPerDay: number;
  /** Hours of the day, 0–24: from the first until the second. */
  readonly opens: number;
  readonly closes: number;
  readonly days: number;
  /** 0 up to 1. */
  random(): number;
}

/** @returns seconds since the first midnight, rising */
export function arrivals({ photosPerDay, opens, closes, days, random }: ArrivalOptions): number[] {
  const rate = photosPerDay / ((closes - opens) * HOUR_SEC);
  const found: number[] = [];
  for (let day = 0; day < days; day++) {
    // From one to the next the time is exponential; what falls past closing belongs to nobody.
    for (let at = opens * HOUR_SEC + gap(); at < closes * HOUR_SEC; at += gap())
      found.push(day * DAY_SEC + at);
  }
  return found;

  function gap(): number {
    return -Math.log(1 - random()) / rate;
  }
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// How often something happened in the last hour, to the minute.

const MINUTE_MS = 60_000;
const MINUTES = 60;

export interface HourCount {
  add(): void;
  total(): number;
}

/** @param now milliseconds since 1970 */
export function createHourCount(now: () => number): HourCount {
  /** By minute since 1970, oldest first. */
  const counts = new Map<number, number>();
  const current = (): number => {
    const minute = Math.floor(now() / MINUTE_MS);
    for (const old of counts.keys()) if (old <= minute - MINUTES) counts.delete(old);
    return minute;
  };
  return {
    add() {
      const minute = current();
      counts.set(minute, (counts.get(minute) ?? 0) + 1);
    },
    total() {
      current();
      return [...counts.values()].reduce((total, count) => total + count, 0);
    },
  };
}

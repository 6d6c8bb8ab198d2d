// What was done to the house and what it said to that, counted by name.

export interface Ledger {
  count(name: string, times?: number): void;
  of(name: string): number;
  /** By name, in alphabetical order. */
  entries(): readonly (readonly [name: string, times: number])[];
}

export function createLedger(): Ledger {
  const counts = new Map<string, number>();
  return {
    count: (name, times = 1) => void counts.set(name, (counts.get(name) ?? 0) + times),
    of: (name) => counts.get(name) ?? 0,
    entries: () => [...counts].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

// Chance that can be had again: the same seed gives the same troubles, inputs and pauses in the same order.

export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from 0 up to `limit`, which is not reached. */
  below(limit: number): number;
  /** A number from `least` up to `most`. */
  between(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Chance of one's own, so that what one part draws moves nothing in another. */
  fork(name: string): Chance;
}

/** Mulberry32, by Tommy Ettinger. @param seed a whole number; its lowest 32 bits count */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (least, most) => least + next() * (most - least),
    pick: (items) => items[below(items.length)]!,
    fork: (name) =>
      createChance([...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.codePointAt(0)!, seed)),
  };
}

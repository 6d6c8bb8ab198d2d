// A few at a time, with a bounded queue in front: runs on a device, photos in a service.
import { CutlineError } from './errors.ts';

export interface Slots {
  /**
   * Waits for its turn, then runs the task.
   * @throws BUSY when the queue is full; the signal's reason when it is aborted before the task began
   */
  run<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** How many wait. */
  readonly waiting: number;
  /** How many run. */
  readonly taken: number;
}

export type Order =
  /** As they asked. */
  | 'asked'
  /**
   * Whoever asked for the first time before the others goes before them, told by its signal. Jobs that take turns step by
   * step all end their steps at once, and then none is left for the device while all are encoded.
   */
  | 'eldest';

export function createSlots(count: number, queueLimit: number, order: Order = 'asked'): Slots {
  const queue: { readonly rank: number; begin(): void }[] = [];
  const ranks = new WeakMap<AbortSignal, number>();
  let lastRank = 0;
  let taken = 0;

  return {
    get waiting() {
      return queue.length;
    },
    get taken() {
      return taken;
    },
    async run(task, signal) {
      signal?.throwIfAborted();
      const rank = rankOf(signal);
      // One who leaves hands the slot on, so that nobody who comes between two turns can push in.
      if (taken >= count) await turn(rank, signal);
      else taken++;
      try {
        signal?.throwIfAborted();
        return await task();
      } finally {
        const next = queue.shift();
        if (next) next.begin();
        else taken--;
      }
    },
  };

  function turn(rank: number, signal: AbortSignal | undefined): Promise<void> {
    if (queue.length >= queueLimit)
      throw new CutlineError('BUSY', { message: `${queueLimit} are waiting already` });
    return new Promise((resolve, reject) => {
      const waiting = {
        rank,
        begin(): void {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const behind = queue.findIndex((other) => other.rank > rank);
      queue.splice(behind < 0 ? queue.length : behind, 0, waiting);
    });
  }

  function rankOf(signal: AbortSignal | undefined): number {
    if (order === 'asked' || !signal) return ++lastRank;
    const known = ranks.get(signal);
    if (known !== undefined) return known;
    ranks.set(signal, ++lastRank);
    return lastRank;
  }
}

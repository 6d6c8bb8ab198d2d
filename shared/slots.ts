// A few at a time, in the order of asking, with a bounded queue in front: one run on a device, two photos in a service.
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

export function createSlots(count: number, queueLimit: number): Slots {
  const queue: (() => void)[] = [];
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
      // One who leaves hands the slot on, so that nobody who comes between two turns can push in.
      if (taken >= count) await turn(signal);
      else taken++;
      try {
        signal?.throwIfAborted();
        return await task();
      } finally {
        const next = queue.shift();
        if (next) next();
        else taken--;
      }
    },
  };

  function turn(signal: AbortSignal | undefined): Promise<void> {
    if (queue.length >= queueLimit)
      throw new CutlineError('BUSY', { message: `${queueLimit} are waiting already` });
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(begin), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(begin);
    });
  }
}

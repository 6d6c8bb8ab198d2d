// One run at a time on a device, in the order of asking, with a bounded queue in front.
import { CutlineError } from '../errors.ts';

export interface DeviceLock {
  /**
   * Waits for its turn, then runs the task.
   * @throws BUSY when the queue is full; the signal's reason when it is aborted before the task began
   */
  run<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** How many wait. */
  readonly waiting: number;
}

export function createDeviceLock(queueLimit: number): DeviceLock {
  const queue: (() => void)[] = [];
  let taken = false;

  return {
    get waiting() {
      return queue.length;
    },
    async run(task, signal) {
      signal?.throwIfAborted();
      if (taken) await turn(signal);
      taken = true;
      try {
        signal?.throwIfAborted();
        return await task();
      } finally {
        const next = queue.shift();
        if (next) next();
        else taken = false;
      }
    },
  };

  function turn(signal: AbortSignal | undefined): Promise<void> {
    if (queue.length >= queueLimit)
      throw new CutlineError('BUSY', { message: `${queueLimit} runs are waiting already` });
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

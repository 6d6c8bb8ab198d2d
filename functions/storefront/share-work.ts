// What is asked for twice at once is worked on once, and ends when nobody waits for it any more.

/** @param work gets a signal that is aborted when the last of those who wait has left */
export type ShareWork<Result> = (
  key: string,
  work: (signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
) => Promise<Result>;

interface Shared<Result> {
  readonly result: Promise<Result>;
  readonly stop: AbortController;
  waiting: number;
}

/** Each who waits is rejected with his own signal's reason when that is aborted; the others go on waiting. */
export function createShareWork<Result>(): ShareWork<Result> {
  const running = new Map<string, Shared<Result>>();

  function begin(key: string, work: (signal: AbortSignal) => Promise<Result>): Shared<Result> {
    const stop = new AbortController();
    const shared: Shared<Result> = { result: work(stop.signal), stop, waiting: 0 };
    running.set(key, shared);
    const forget = (): void => {
      if (running.get(key) === shared) running.delete(key);
    };
    shared.result.then(forget, forget);
    return shared;
  }

  return async (key, work, signal) => {
    signal?.throwIfAborted();
    const shared = running.get(key) ?? begin(key, work);
    const { promise: left, reject: leave } = Promise.withResolvers<never>();
    const onAbort = (): void => leave(signal!.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    shared.waiting++;
    try {
      return await Promise.race([shared.result, left]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      shared.waiting--;
      if (shared.waiting === 0 && signal?.aborted) {
        // Who asks from now on begins anew instead of getting what was broken off.
        if (running.get(key) === shared) running.delete(key);
        shared.stop.abort(signal.reason);
      }
    }
  };
}

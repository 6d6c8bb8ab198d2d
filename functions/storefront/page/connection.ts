// Requests that outlive a broken connection: made again when the browser is back online, when the service has room again.
import { apiError } from './api-error.ts';
import { delayBefore, isPassing, retryAfterOf } from './retry.ts';

export type Trouble = 'offline' | 'busy' | 'none';

export interface Connection {
  /** @throws ApiError, or the signal's reason */
  fetch(url: string, init: RequestInit, tries?: number): Promise<Response>;
  /** Waits before the next try. */
  pause(attempt: number, status: number, retryAfter: number | undefined, signal?: AbortSignal): Promise<void>;
  tell(trouble: Trouble): void;
}

/** A photo waits for the connection as long as its page is open; an answer that stays wrong is believed after these. */
const TRIES = 6;

/** @param onTrouble told how the connection is, after every request */
export function createConnection(onTrouble: (trouble: Trouble) => void): Connection {
  async function pause(
    attempt: number,
    status: number,
    retryAfter: number | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    onTrouble(status === 0 ? 'offline' : 'busy');
    const ms = delayBefore(attempt, Math.random(), retryAfter);
    await sleep(ms, signal, status === 0);
    if (!navigator.onLine) await sleep(undefined, signal, true);
  }

  return {
    pause,
    tell: onTrouble,
    async fetch(url, init, tries = TRIES) {
      const { signal } = init;
      for (let attempt = 1; ; attempt++) {
        const response = await once(url, init);
        if (response?.ok) {
          onTrouble('none');
          return response;
        }
        const status = response?.status ?? 0;
        // No connection is no answer: it is waited for.
        const isLast = attempt >= tries && (status !== 0 || navigator.onLine);
        const after = retryAfterOf(response?.headers.get('Retry-After') ?? null);
        if (!isPassing(status) || isLast || (after ?? 0) > LONGEST_WAIT_S)
          throw apiError(status, (await response?.text()) ?? '');
        await pause(attempt, status, after, signal ?? undefined);
      }
    },
  };
}

/** Who is told to come back later than this is told so, instead of waiting. */
const LONGEST_WAIT_S = 90;

async function once(url: string, init: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    if (init.signal?.aborted) throw thrown;
    return undefined;
  }
}

/** @param ms until then; for ever where there is none @param orOnline the connection's return ends it too */
export function sleep(
  ms: number | undefined,
  signal: AbortSignal | undefined,
  orOnline: boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal?.removeEventListener('abort', stop);
      resolve();
    }
    function stop(): void {
      end();
      reject(signal!.reason);
    }
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop);
    if (orOnline) addEventListener('online', end);
  });
}

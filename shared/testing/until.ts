// Waiting for what has to come on a machine that may be slow: long, but never for ever, and with a word on what came
// instead. AVA's own limits do not end every wait (see ava-limits.ts).
import { setTimeout as sleep } from 'node:timers/promises';

/** A busy machine is slow, not wrong. Shorter than AVA's limit on silence, so that the reason is told. */
export const PATIENCE_MS = 150_000;
/** Of a child process to be waited for, and of one that blocks the thread, which no timer ends: longer, it hangs. */
export const commandLimit = { timeout: 10 * 60_000, killSignal: 'SIGKILL' } as const;
const LOOK_MS = 5;

type Something<Found> = Exclude<Found, undefined | false | 0>;

/** @param instead what there is, for the error @throws when what is awaited does not come within PATIENCE_MS */
export async function soon<Result>(
  what: string,
  awaited: Promise<Result>,
  instead: () => unknown = () => `nothing within ${PATIENCE_MS / 1000} s`,
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const seen = instead();
    reject(
      new Error(`Expected ${what} but received ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`),
    );
  }, PATIENCE_MS);
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Looks again and again.
 * @param look `undefined`, `false` and `0` are nothing yet
 * @param instead what there is, for the error
 * @returns what was found
 * @throws what looking throws, or when nothing is found within PATIENCE_MS
 */
export async function until<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  instead?: () => unknown,
): Promise<Something<Found>> {
  let isOver = false;
  const looking = async (): Promise<Something<Found>> => {
    for (;;) {
      const found = await look();
      if (found || isOver) return found as Something<Found>;
      await sleep(LOOK_MS);
    }
  };
  try {
    return await soon(what, looking(), instead);
  } finally {
    isOver = true;
  }
}

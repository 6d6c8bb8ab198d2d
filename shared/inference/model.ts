// A loaded model as the stages see it: limits looked at between runs, errors in our terms.
import type { Card } from '../card.ts';
import { CutlineError } from '../errors.ts';
import type { Slots } from '../slots.ts';
import type { Model, Tensor } from '../stage.ts';

/** What holds the session; the worker thread in life, a function in tests. */
export interface Session {
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
}

export interface ModelOptions {
  /** Who may ask the session: one run at a time works, but the next may lie ready. */
  readonly lock: Slots;
  readonly watch: Watch;
}

export interface WatchOptions {
  /** How long one run may take before the thread counts as stuck. */
  readonly runLimitMs: number;
  /**
   * A run overshot its limit. It cannot be ended (terminating a thread inside a run aborts the process), so
   * the process must take no more work and exit.
   */
  onStuck(error: CutlineError): void;
}

/**
 * Hands on what the thread answers. Called in the order of asking: the time of each begins when the one before it has
 * ended. @param runs how many limits it has; Infinity for what may take its time
 * @throws PROCESSING_TIMEOUT, after the thread was reported as stuck, to all that are asked
 */
export type Watch = <Result>(answer: Promise<Result>, runs?: number) => Promise<Result>;

export function createModel(card: Card, session: Session, { lock, watch }: ModelOptions): Model {
  return {
    card,
    run(inputs, signal) {
      return lock.run(async () => {
        const outputs = await watch(session.run(inputs));
        signal?.throwIfAborted();
        return outputs;
      }, signal);
    },
  };
}

export function createWatch({ runLimitMs, onStuck }: WatchOptions): Watch {
  let last: Promise<unknown> = Promise.resolve();
  let stuck: CutlineError | undefined;
  return function watch(answer, runs = 1) {
    const before = last;
    // Heard at its turn; what fails before that is not unhandled.
    answer.catch(() => {});
    const watched = before.then(async () => {
      if (stuck) throw stuck;
      return runs === Infinity ? await answer : await withinLimit(answer, runs * runLimitMs);
    });
    last = watched.catch(() => {});
    return watched;
  };

  async function withinLimit<Result>(answer: Promise<Result>, limitMs: number): Promise<Result> {
    const { promise: overshoot, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      stuck = new CutlineError('PROCESSING_TIMEOUT', { fields: { limit_seconds: limitMs / 1000 } });
      onStuck(stuck);
      reject(stuck);
    }, limitMs);
    try {
      return await Promise.race([answer, overshoot]);
    } finally {
      clearTimeout(timer);
    }
  }
}

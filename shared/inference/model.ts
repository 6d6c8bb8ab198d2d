// A loaded model as the stages see it: one run at a time, limits looked at between runs, errors in our terms.
import type { Card } from '../card.ts';
import { CutlineError } from '../errors.ts';
import type { Slots } from '../slots.ts';
import type { Model, Tensor } from '../stage.ts';

/** What holds the session; the worker thread in life, a function in tests. */
export interface Session {
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
}

export interface ModelOptions {
  readonly lock: Slots;
  /** How long one run may take before the thread counts as stuck. */
  readonly runLimitMs: number;
  /**
   * A run overshot its limit. It cannot be ended (terminating a thread inside a run aborts the process), so
   * the process must take no more work and exit.
   */
  onStuck(error: CutlineError): void;
}

export function createModel(card: Card, session: Session, options: ModelOptions): Model {
  return {
    card,
    run(inputs, signal) {
      return options.lock.run(async () => {
        const outputs = await withinLimit(session.run(inputs), options);
        signal?.throwIfAborted();
        return outputs;
      }, signal);
    },
  };
}

/** @throws PROCESSING_TIMEOUT, after the thread was reported as stuck */
export async function withinLimit<Result>(
  run: Promise<Result>,
  options: Pick<ModelOptions, 'runLimitMs' | 'onStuck'>,
): Promise<Result> {
  const { promise: overshoot, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new CutlineError('PROCESSING_TIMEOUT', {
      fields: { limit_seconds: options.runLimitMs / 1000 },
    });
    options.onStuck(error);
    reject(error);
  }, options.runLimitMs);
  try {
    return await Promise.race([run, overshoot]);
  } finally {
    clearTimeout(timer);
  }
}

// How far a service's start has come, told truthfully from the first moment on.
import { CutlineError } from './errors.ts';
import type { Phase } from './stage-runner.ts';

/** The answer to GET /startup. */
export type StartupAnswer =
  | {
      readonly status: 'not_ready';
      readonly reason: 'model_not_loaded' | 'model_failed';
      readonly phase: Phase;
      readonly elapsed_ms: number;
      /** What the last start took in all; null when none has been measured. */
      readonly estimate_ms: number | null;
    }
  | {
      readonly status: 'ready';
      readonly model_loaded: true;
      readonly phases_ms: Readonly<Record<string, number>>;
      readonly total_ms: number;
    };

export interface Readiness {
  readonly isReady: boolean;
  readonly phase: Phase;
  /** Leaves the phase before; `ready` is the last. */
  enter(phase: Phase): void;
  /** It will not become ready. */
  fail(error: CutlineError): void;
  /** What an earlier start took. */
  expect(totalMs: number): void;
  startup(): StartupAnswer;
  /** @throws what it failed with, or the signal's reason */
  whenReady(signal?: AbortSignal): Promise<void>;
  /** Why work cannot be taken yet. */
  refusal(): CutlineError | undefined;
}

export function createReadiness(now: () => number): Readiness {
  const began = now();
  const phasesMs: Record<string, number> = {};
  let phase: Phase = 'starting';
  let since = began;
  let total = 0;
  let estimate: number | null = null;
  let failure: CutlineError | undefined;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  // Nobody need be waiting.
  ready.catch(() => {});

  return {
    get isReady() {
      return phase === 'ready';
    },
    get phase() {
      return phase;
    },
    enter(next) {
      if (next === phase) return;
      const at = now();
      phasesMs[phase] = Math.round((phasesMs[phase] ?? 0) + at - since);
      phase = next;
      since = at;
      if (next !== 'ready') return;
      total = Math.round(at - began);
      resolve();
    },
    fail(error) {
      failure = error;
      reject(error);
    },
    expect(totalMs) {
      estimate = totalMs;
    },
    startup() {
      if (phase === 'ready')
        return { status: 'ready', model_loaded: true, phases_ms: { ...phasesMs }, total_ms: total };
      const reason = failure ? 'model_failed' : 'model_not_loaded';
      const elapsed_ms = Math.max(0, Math.round(now() - began));
      return { status: 'not_ready', reason, phase, elapsed_ms, estimate_ms: estimate };
    },
    async whenReady(signal) {
      if (!signal) return await ready;
      signal.throwIfAborted();
      const { promise: left, reject: leave } = Promise.withResolvers<never>();
      const onAbort = (): void => leave(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await Promise.race([ready, left]);
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    refusal() {
      if (phase === 'ready') return undefined;
      return failure ?? new CutlineError('MODEL_LOADING');
    },
  };
}

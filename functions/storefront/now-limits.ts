// How long a caller waits for work that is done while he waits, and what he is told when that is over.
import { CutlineError } from '../../shared/errors.ts';
import type { StageRecord } from '../../shared/records.ts';

const MEBI = 1024 * 1024;
/** The brief's, section 10.1: 30 s, 60 s above 5 MB, 120 s above 8 MB. */
const LARGE_BYTES = 5 * MEBI;
const LARGEST_BYTES = 8 * MEBI;
/** Steps of a stage that are not its models'. */
const besidesModels: ReadonlySet<string> = new Set(['read', 'decode', 'encode', 'write', 'total']);

/** @param ms for a photo of up to 5 MB */
export function limitFor(bytes: number, ms: number): number {
  return ms * (bytes > LARGEST_BYTES ? 4 : bytes > LARGE_BYTES ? 2 : 1);
}

/** Work that ends when its caller leaves, or in what `late` makes after so many milliseconds. */
export async function within<Result>(
  ms: number,
  late: () => CutlineError,
  caller: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late()), ms);
  try {
    return await work(AbortSignal.any([caller, limit.signal]));
  } finally {
    clearTimeout(timer);
  }
}

export function timeoutError(limitMs: number, elapsedMs: number): CutlineError {
  const fields = { limit_seconds: inSeconds(limitMs), elapsed_seconds: inSeconds(elapsedMs) };
  return new CutlineError('PROCESSING_TIMEOUT', { fields });
}

/** A stage that stops by its own limit does not know since when its caller waits. */
export function withElapsed(error: CutlineError, elapsedMs: number): CutlineError {
  if (error.code !== 'PROCESSING_TIMEOUT' || error.fields.elapsed_seconds !== undefined) return error;
  const fields = { ...error.fields, elapsed_seconds: inSeconds(elapsedMs) };
  return new CutlineError('PROCESSING_TIMEOUT', { fields, message: error.message, cause: error });
}

/** To a tenth. */
function inSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

/** Milliseconds of the stages' own steps: no reading, writing or coding. 0 for what was made before. */
export function modelsMsOf(stages: readonly Pick<StageRecord, 'timings_ms'>[]): number {
  const steps = stages.flatMap(({ timings_ms }) => Object.entries(timings_ms));
  return steps.reduce((sum, [step, ms]) => (besidesModels.has(step) ? sum : sum + ms), 0);
}

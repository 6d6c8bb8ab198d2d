// How an endpoint did in the last hour, in this process: how many requests, how long they took, how many ended in an error
// of ours.
import { toCutlineError } from '../../shared/errors.ts';

export interface Figures {
  readonly requests: number;
  readonly errors: number;
  /** Of those that ended well, in milliseconds; undefined before the first. */
  readonly latency: { readonly avg: number; readonly p95: number; readonly p99: number } | undefined;
}

export interface HourFigures {
  /** @throws what the work throws */
  measure<Result>(work: () => Promise<Result>): Promise<Result>;
  read(): Figures;
}

interface Sample {
  readonly at: number;
  /** Undefined where it ended in an error of ours. */
  readonly ms: number | undefined;
}

const HOUR_MS = 3_600_000;
/** More requests than one instance answers in an hour by far. */
const MOST = 50_000;

/** @param now milliseconds since 1970 */
export function createHourFigures(now: () => number): HourFigures {
  let samples: Sample[] = [];

  function keep(ms: number | undefined): void {
    samples.push({ at: now(), ms });
    if (samples.length > MOST) samples = samples.slice(-MOST / 2);
  }

  return {
    async measure(work) {
      const began = now();
      try {
        const result = await work();
        keep(now() - began);
        return result;
      } catch (thrown) {
        // A bad photo is its sender's; what may pass is ours.
        if (toCutlineError(thrown).event === 'retry') keep(undefined);
        throw thrown;
      }
    },
    read() {
      samples = samples.filter(({ at }) => now() - at < HOUR_MS);
      const well = samples.flatMap(({ ms }) => ms ?? []).sort((a, b) => a - b);
      return {
        requests: samples.length,
        errors: samples.length - well.length,
        latency: well.length === 0 ? undefined : latencyOf(well),
      };
    },
  };
}

/** @param ordered at least one, the smallest first */
function latencyOf(ordered: readonly number[]) {
  const at = (share: number): number => ordered[Math.ceil(share * ordered.length) - 1]!;
  const sum = ordered.reduce((total, ms) => total + ms, 0);
  return { avg: Math.round((sum / ordered.length) * 10) / 10, p95: at(0.95), p99: at(0.99) };
}

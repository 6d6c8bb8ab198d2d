// How far a job is, for whoever asks and whoever waits.
import { CutlineError } from '../../shared/errors.ts';
import type { JobState, StageTimes } from '../../shared/job-state.ts';
import { readJobState } from '../../shared/job-state.ts';
import type { KeptTimes } from '../../shared/stage-times.ts';
import { askedState } from './asked-jobs.ts';
import type { JobFiles, LocatedJob } from './job-files.ts';

export interface StatePorts {
  readonly files: Pick<JobFiles, 'locate'>;
  readonly times: Pick<KeptTimes, 'read'>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface JobStates {
  /** Undefined when it was deleted meanwhile. @throws STORE_UNAVAILABLE */
  of(located: LocatedJob): Promise<JobState | undefined>;
  /** Of any job that was asked for. @throws STORE_UNAVAILABLE */
  find(job: string): Promise<JobState | undefined>;
}

/** Every look at every job needs them, and they hardly change. */
const TIMES_HOLD_MS = 30_000;

export function createJobStates({ files, times, now }: StatePorts): JobStates {
  let known: { readonly at: number; readonly times: Promise<StageTimes> } | undefined;

  function readTimes(): Promise<StageTimes> {
    if (known && now() - known.at < TIMES_HOLD_MS) return known.times;
    // Without them progress goes by stages alone, which is no reason to answer nothing.
    known = { at: now(), times: times.read().catch(() => ({})) };
    return known.times;
  }

  const states: JobStates = {
    async of(located) {
      if (located.asked) return askedState(located.asked);
      const records = { ...located.records, findJob: async () => located.found };
      return await readJobState(located.job, { records, times: await readTimes(), now: now() });
    },
    async find(job) {
      const located = await orNone(files.locate(job));
      return located && (await states.of(located));
    },
  };
  return states;
}

/** Undefined for what is not there. */
export async function orNone<Found>(looking: Promise<Found>): Promise<Found | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof CutlineError && error.code === 'JOB_NOT_FOUND') return undefined;
    throw error;
  }
}

// A job's state as its records tell it, and how far it has come as measured times tell it.
import type { StageName } from './card.ts';
import { completedDocument } from './job-end.ts';
import type { JobRecords } from './job-records.ts';
import type { Completed, Output } from './message.ts';
import type { JobRecord, StageRecord } from './records.ts';

/** Milliseconds that a stage takes, as last measured; absent for one that was never measured. */
export type StageTimes = Readonly<Partial<Record<StageName, number>>>;

interface Common {
  readonly job: string;
  readonly reference: string | null;
  readonly created: string;
}

export interface Unfinished extends Common {
  readonly status: 'queued' | 'processing';
  /** The stages that it goes through, in their order. */
  readonly route: readonly StageName[];
  /** The one that works, or will next. */
  readonly stage: StageName;
  /** 0–1, by measured times; by stages where there are none. */
  readonly progress: number;
  /** What is left; null where no times have been measured. */
  readonly estimate_ms: number | null;
  readonly stages_done: readonly StageName[];
  /** Of those stages. */
  readonly outputs: Readonly<Record<string, Output>>;
}

export interface Finished extends Common {
  readonly status: 'completed';
  readonly result: Completed;
}

export interface FailedState extends Common {
  readonly status: 'failed';
  readonly stage: string;
  readonly error_code: string;
  readonly detail: string;
  readonly stages_done: readonly StageName[];
  /** Of those stages. */
  readonly outputs: Readonly<Record<string, Output>>;
}

export type JobState = Unfinished | Finished | FailedState;

export interface StateOptions {
  readonly records: Pick<JobRecords, 'findJob' | 'stage' | 'failed' | 'readTry'>;
  readonly times: StageTimes;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Undefined for a job that is unknown or was deleted. @throws STORE_UNAVAILABLE */
export async function readJobState(id: string, options: StateOptions): Promise<JobState | undefined> {
  const { records } = options;
  const found = await records.findJob(id);
  // What ingest refused has a failure and nothing else.
  if (!found) return failedState(await records.failed(id), []);
  const job = found.record;
  const read = await Promise.all(job.route.map((stage) => records.stage(id, stage)));
  const done = read.flatMap((stage) => stage?.record ?? []);
  if (done.length === job.route.length) return completedState(job, done);
  const failed = failedState(await records.failed(id), done);
  return failed ?? (await unfinishedState(job, done, options));
}

function completedState(job: JobRecord, done: readonly StageRecord[]): Finished {
  const ended = Math.max(...done.map(({ finished }) => Date.parse(finished)));
  const result = completedDocument(job, done, Math.max(0, ended - Date.parse(job.created)));
  return { ...commonOf(job), status: 'completed', result };
}

function failedState(
  failed: Awaited<ReturnType<JobRecords['failed']>>,
  done: readonly StageRecord[],
): FailedState | undefined {
  if (!failed) return undefined;
  const { job, reference, at, stage, error } = failed.record;
  const stages_done = done.map((record) => record.stage);
  const { code: error_code, detail } = error;
  const outputs = outputsOf(done);
  return { job, reference, created: at, status: 'failed', stage, error_code, detail, stages_done, outputs };
}

async function unfinishedState(
  job: JobRecord,
  done: readonly StageRecord[],
  { records, times, now }: StateOptions,
): Promise<Unfinished> {
  const stages_done = done.map(({ stage }) => stage);
  const stage = job.route.find((name) => !stages_done.includes(name))!;
  const began = await records.readTry(job.job, stage, 1);
  const elapsed = began ? Math.max(0, now - Date.parse(began.started)) : 0;
  return {
    ...commonOf(job),
    status: began || done.length > 0 ? 'processing' : 'queued',
    route: job.route,
    stage,
    ...progressOf(job.route, stage, elapsed, times),
    stages_done,
    outputs: outputsOf(done),
  };
}

function outputsOf(done: readonly StageRecord[]): Readonly<Record<string, Output>> {
  return Object.assign({}, ...done.map(({ outputs }) => outputs));
}

/** A stage that takes longer than it should is nearly done until it is. */
const NEARLY = 0.95;

/** @param elapsed milliseconds since the stage began */
export function progressOf(
  route: readonly StageName[],
  stage: StageName,
  elapsed: number,
  times: StageTimes,
): { progress: number; estimate_ms: number | null } {
  const known = route.every((name) => times[name] !== undefined);
  const expected = route.map((name) => (known ? Math.max(1, times[name]!) : 1));
  const at = route.indexOf(stage);
  const total = expected.reduce((sum, ms) => sum + ms, 0);
  const before = expected.slice(0, at).reduce((sum, ms) => sum + ms, 0);
  const within = known ? Math.min(elapsed, NEARLY * expected[at]!) : 0;
  const progress = Math.round(((before + within) / total) * 1000) / 1000;
  return { progress, estimate_ms: known ? Math.round(total - before - within) : null };
}

function commonOf({ job, reference, created }: JobRecord): Common {
  return { job, reference, created };
}

// One try of a stage over one photo, counted before it begins; and what becomes of a job that cannot be done.
import type { ErrorCode } from './error-catalogue.ts';
import { CutlineError, toCutlineError } from './errors.ts';
import { announceFailed } from './job-end.ts';
import type { Found, Try } from './job-records.ts';
import type { Logger } from './log.ts';
import type { Failed, StageMessage } from './message.ts';
import { SCHEMA } from './message.ts';
import { pipeline } from './pipeline.ts';
import type { Publisher } from './publisher.ts';
import type { JobRecord, StageRecord } from './records.ts';
import type { StagePorts } from './run-stage.ts';
import { runStage } from './run-stage.ts';

/** A photo that failed so often for a passing reason, or ended the process so often, is given up. */
export const MAX_TRIES = 6;

export interface TryPorts extends StagePorts {
  readonly publisher: Publisher;
  /** How long one try may take. */
  readonly workMs: number;
  readonly log: Logger;
}

/** A message on its way. */
export interface Carried {
  readonly message: StageMessage;
  /** The job's id. */
  readonly id: string;
  /** Pub/Sub's: the same at every delivery, another where a stage told of it twice. */
  readonly messageId: string;
  /** The failure, gs://bucket/object#generation, that a redrive is to make good. */
  readonly redrives?: string | undefined;
}

/**
 * @param overcome a failure that a redrive is to make good: its tries are not counted
 * @returns nothing when the job ended here or was deleted
 * @throws what is to be tried again
 */
export async function runTry(
  job: JobRecord,
  carried: Carried,
  overcome: Found<Failed> | undefined,
  ports: TryPorts,
): Promise<StageRecord | undefined> {
  const { message, id, messageId } = carried;
  const { records, metrics, now } = ports;
  const log = ports.log.child({ job: id, stage: message.stage, trace: message.trace });
  const before = overcome?.record.tries ?? 0;
  const started = now();
  let current: Try | undefined;
  let givenUp = false;
  log.info(`${message.stage}: started`);
  try {
    const { record, created } = await runStage(
      {
        stage: pipeline.find(({ name }) => name === message.stage)!,
        job,
        input: message.input,
        signal: timeLimit(ports.workMs),
        async begin() {
          current = await records.beginTry(id, message.stage, messageId, before, MAX_TRIES);
          givenUp = current === undefined;
          if (givenUp) throw await lastError(carried, before + MAX_TRIES, ports);
        },
      },
      ports,
    );
    if (await records.sweepIfDeleted(message.job, id, record.cache_key)) {
      log.info(`${message.stage}: the job was deleted meanwhile`);
      return undefined;
    }
    const duration = now() - started;
    const outcome = record.cached ? 'cached' : 'completed';
    metrics.stageEnded(message.stage, outcome, duration / 1000);
    for (const [step, ms] of Object.entries(record.timings_ms))
      if (step !== 'total' && created) metrics.step(message.stage, step, ms / 1000);
    log.info(`${message.stage}: ended`, { duration_ms: Math.round(duration), outcome });
    log.debug(`${message.stage}: steps`, { timings_ms: record.timings_ms, notes: record.notes });
    // Two at once: whoever was first goes on; this one looks again later whether he did.
    if (!created) throw new CutlineError('BUSY', { message: 'another delivery was first' });
    return record;
  } catch (thrown) {
    const error = toCutlineError(thrown);
    if (error.code === 'BUSY') throw error;
    const tries = givenUp ? before + MAX_TRIES : (current?.number ?? before);
    const last = error.event === 'fail' || tries - before >= MAX_TRIES;
    metrics.stageEnded(message.stage, last ? 'failed' : 'retried', (now() - started) / 1000, error.code);
    const outcome = last ? 'failed' : 'to be tried again';
    const fields = { error, duration_ms: Math.round(now() - started), tries };
    log[last ? 'error' : 'warning'](`${message.stage}: ${outcome}`, fields);
    await current?.fail(error.code);
    if (await records.sweepIfDeleted(message.job, id)) {
      log.info(`${message.stage}: the job was deleted meanwhile`);
      return undefined;
    }
    if (!last) throw error;
    return await failJob(job, carried, { error, tries, replaces: overcome }, ports);
  }
}

/** What the last try had time to write down before the process died. */
async function lastError({ id, message }: Carried, number: number, ports: TryPorts): Promise<CutlineError> {
  const code = (await ports.records.readTry(id, message.stage, number))?.code as ErrorCode | undefined;
  return new CutlineError(code ?? 'PROCESS_DIED', { fields: { limit_seconds: ports.workMs / 1000 } });
}

interface Failure {
  readonly error: CutlineError;
  readonly tries: number;
  readonly replaces: Found<Failed> | undefined;
}

/** @returns a record when somebody else completed the stage meanwhile: completion beats failure */
async function failJob(
  job: JobRecord,
  { message, id }: Carried,
  { error, tries, replaces }: Failure,
  ports: TryPorts,
): Promise<StageRecord | undefined> {
  const done = await ports.records.stage(id, message.stage);
  if (done) return done.record;
  const { tenant, reference, input } = job;
  const failed: Failed = {
    schema: SCHEMA,
    job: id,
    tenant,
    reference,
    input,
    stage: message.stage,
    error: { code: error.code, detail: error.detail },
    retryable: error.event === 'retry',
    tries,
    at: new Date(ports.now()).toISOString(),
  };
  const written = await ports.records.createFailed(failed, replaces);
  if (await ports.records.sweepIfDeleted(message.job, id)) return undefined;
  await announceFailed(written, ports);
  await ports.records.sweepIfDeleted(message.job, id);
  return undefined;
}

function timeLimit(ms: number): AbortSignal {
  const limit = new AbortController();
  const error = new CutlineError('PROCESSING_TIMEOUT', { fields: { limit_seconds: ms / 1000 } });
  setTimeout(() => limit.abort(error), ms).unref();
  return limit.signal;
}

// What becomes of a stage message: done already, worked on, tried again, failed for good, handed on. At any moment the
// process may die or the message come twice, so each step first looks at the records.
import type { StageName } from './card.ts';
import { CutlineError, publicError, toCutlineError } from './errors.ts';
import { announceCompleted, announceFailed } from './job-end.ts';
import type { Found } from './job-records.ts';
import type { Failed } from './message.ts';
import { attributesOf, REDRIVES, SCHEMA } from './message.ts';
import { pipeline } from './pipeline.ts';
import type { PushAnswer, PushHandler } from './push.ts';
import type { JobRecord, StageRecord } from './records.ts';
import { runStage } from './run-stage.ts';
import type { Carried, TryPorts } from './run-try.ts';
import { runTry } from './run-try.ts';
import type { Slots } from './slots.ts';
import type { Buckets } from './stage-message.ts';
import { readStageMessage } from './stage-message.ts';

export interface StageHandling extends TryPorts {
  /** Those that this service serves. */
  readonly stages: readonly StageName[];
  /** Those that it goes on with by itself instead of publishing to their topic. */
  readonly continues: readonly StageName[];
  readonly buckets: Buckets;
  /** Photos worked on at once, and those that wait. */
  readonly slots: Slots;
  /** How long a message may wait for a slot, and how long a caller. */
  readonly waitMs: { readonly message: number; readonly caller: number };
  /** Why no work is taken now: not ready, ending, stuck. */
  refusal(): CutlineError | undefined;
  childTrace(trace: string): string;
}

export interface StageHandler {
  readonly push: PushHandler;
  /**
   * The synchronous path: no try is counted, nothing is published, the caller goes on by himself.
   * @throws whatever the stage ended in
   */
  run(data: unknown, signal?: AbortSignal): Promise<StageRecord>;
}

export function createStageHandler(handling: StageHandling): StageHandler {
  /** By job and stage: what comes twice at once is worked on once. */
  const inFlight = new Map<string, Promise<PushAnswer>>();

  return {
    async push({ data, attributes, messageId, attempt }) {
      try {
        const refusal = handling.refusal();
        if (refusal) throw refusal;
        const { message, job: id } = readStageMessage(data, handling.stages, handling.buckets);
        const key = `${message.job} ${message.stage}`;
        const running = inFlight.get(key);
        if (running) return await running;
        const carried = { message, id, messageId, redrives: attributes[REDRIVES] };
        const work = answer(() => carryStage(carried, handling), { messageId, attempt });
        inFlight.set(key, work);
        return await work.finally(() => inFlight.delete(key));
      } catch (thrown) {
        return await answer(() => Promise.reject(thrown), { messageId, attempt });
      }
    },
    async run(data, signal) {
      const refusal = handling.refusal();
      if (refusal) throw refusal;
      const { message, job: id } = readStageMessage(data, handling.stages, handling.buckets);
      const { records } = handling;
      const job = await records.readJob(message.job);
      if (!job) throw new CutlineError('JOB_NOT_FOUND');
      const done = await records.stage(id, message.stage);
      if (done) return done.record;
      const stage = pipeline.find(({ name }) => name === message.stage)!;
      const work = { stage, job, input: message.input, begin: async () => {}, ...(signal && { signal }) };
      const { record } = await withinWait(handling, handling.waitMs.caller, () => runStage(work, handling));
      if (await records.sweepIfDeleted(message.job, id, record.cache_key))
        throw new CutlineError('JOB_NOT_FOUND');
      return record;
    },
  };

  async function answer(
    work: () => Promise<void>,
    about: { messageId: string; attempt?: number | undefined },
  ): Promise<PushAnswer> {
    try {
      await work();
      return { status: 204 };
    } catch (thrown) {
      const error = toCutlineError(thrown);
      // Delivered again it would be no better: whoever sent it, it is done with.
      const dropped = error.event === 'fail';
      const outcome = dropped ? 'dropped' : 'to be delivered again';
      handling.log.warning(`A message was ${outcome}`, { ...about, error });
      return dropped ? { status: 204 } : { status: error.status, body: publicError(error) };
    }
  }
}

/**
 * Takes a message as far as it goes; resolves when it may be acknowledged.
 * @throws a CutlineError when it has to be delivered again
 */
async function carryStage(carried: Carried, handling: StageHandling): Promise<void> {
  const { message, id } = carried;
  const job = await handling.records.readJob(message.job);
  if (!job) {
    handling.log.info('The job was deleted: nothing to do', { job: id, trace: message.trace });
    // Whoever worked on it last may have died before looking.
    await handling.records.sweepIfDeleted(message.job, id);
    return;
  }
  if (!job.route.includes(message.stage))
    throw new CutlineError('MESSAGE_INVALID', { message: `${message.stage} is not on the route of ${id}` });
  const done = await handling.records.stage(id, message.stage);
  if (done) return await handOn(done.record, job, carried, handling);
  const past = await pastFailure(carried, handling);
  if (past.ended) {
    await announceFailed(past.ended, handling);
    await handling.records.sweepIfDeleted(message.job, id);
    return;
  }
  const work = (): Promise<StageRecord | undefined> => runTry(job, carried, past.overcome, handling);
  const record = await withinWait(handling, handling.waitMs.message, work);
  if (record) await handOn(record, job, carried, handling);
}

interface PastFailure {
  /** The stage ended in it: only telling of it may be left to do. */
  readonly ended?: Found<Failed>;
  /** A redrive is to make it good. */
  readonly overcome?: Found<Failed>;
}

async function pastFailure(
  { message, id, redrives }: Carried,
  handling: StageHandling,
): Promise<PastFailure> {
  const failed = await handling.records.failed(id);
  if (failed?.record.stage !== message.stage || failed.record.tries === 0) return {};
  // Whoever tells a stage may tell it twice, in messages of different ids: only a redrive says that it is one.
  return redrives === failed.uri ? { overcome: failed } : { ended: failed };
}

async function handOn(
  record: StageRecord,
  job: JobRecord,
  { message, id, messageId }: Carried,
  handling: StageHandling,
): Promise<void> {
  const next = job.route[job.route.indexOf(message.stage) + 1];
  if (!next) {
    await announceCompleted(job, handling);
    await handling.records.sweepIfDeleted(message.job, id);
    return;
  }
  const trace = handling.childTrace(message.trace);
  const following = { schema: SCHEMA, job: message.job, stage: next, input: record.hands_on, trace } as const;
  if (handling.continues.includes(next))
    return await carryStage({ message: following, id, messageId }, handling);
  await handling.publisher.publish(next, following, attributesOf(following));
}

/** Waiting for a busy stage is no try. @throws BUSY */
async function withinWait<Result>(
  { slots, metrics }: StageHandling,
  ms: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const patience = new AbortController();
  const busy = new CutlineError('BUSY', { message: `waited ${ms / 1000} s for a slot` });
  const timer = setTimeout(() => patience.abort(busy), ms);
  const tell = (): void => metrics.queue(slots.waiting, slots.taken);
  try {
    const turn = slots.run(async () => {
      clearTimeout(timer);
      tell();
      return await work();
    }, patience.signal);
    tell();
    return await turn;
  } finally {
    clearTimeout(timer);
    tell();
  }
}

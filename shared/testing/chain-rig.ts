// The chain of stages in one process, with constant models and ports in memory: for tests of what is never lost and
// never doubled.
import type { StageName } from '../card.ts';
import { stageNames } from '../card.ts';
import { formatUri } from '../gs-uri.ts';
import type { StageHandler, StageHandling } from '../handle-stage.ts';
import { createStageHandler } from '../handle-stage.ts';
import { defaultLimits } from '../image/limits.ts';
import type { JobOptions } from '../job.ts';
import { jobOptionsSchema } from '../job.ts';
import { createJobRecords } from '../job-records.ts';
import type { Logger } from '../log.ts';
import type { Completed, Failed, StageMessage } from '../message.ts';
import { REDRIVES } from '../message.ts';
import type { Metrics } from '../metrics.ts';
import { routeOf } from '../pipeline.ts';
import type { Delivery, PushAnswer } from '../push.ts';
import type { JobRecord } from '../records.ts';
import { createResultCache } from '../result-cache.ts';
import { createSlots } from '../slots.ts';
import type { Tools } from '../stage.ts';
import { constantModel, constantResize, fakePicture } from './constant-models.ts';
import { fakePublisher } from './fake-publisher.ts';
import { fakeStore } from './fake-store.ts';

export const silentLog: Logger = {
  debug() {},
  info() {},
  warning() {},
  error() {},
  child: () => silentLog,
};

export const noMetrics: Metrics = { stageEnded() {}, step() {}, modelRan() {}, bytes() {}, queue() {} };

export const ids = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(32));

export type ChainRig = ReturnType<typeof createChainRig>;

export function createChainRig(changes: Partial<StageHandling> = {}, model: Tools['model'] = constantModel) {
  const store = fakeStore();
  const publisher = fakePublisher();
  const records = createJobRecords({ store, bucket: 'results', now: Date.now });
  const quiet = createJobRecords({ store: store.quiet, bucket: 'results', now: Date.now });
  /** How often each stage's models were run, by the run of its own model. */
  const runs: Partial<Record<StageName, number>> = {};
  let delivered = 0;
  let messageId = 0;
  const handling: StageHandling = {
    store,
    records,
    publisher,
    cache: createResultCache(store, 'results'),
    bucket: 'results',
    buckets: { uploads: 'uploads', results: 'results' },
    decode: async (file) => ({ picture: fakePicture(file[0]!, file[0]!) }),
    encode: async ({ width }) => Uint8Array.of(width),
    resize: constantResize,
    models: {
      choose(stage, options) {
        runs[stage] = (runs[stage] ?? 0) + 1;
        return { ...options, model: options.model ?? 'mask', upscaler: options.upscaler ?? 'twice' };
      },
      model,
      tile: () => ({ maxSide: 64, fixedShapes: false }),
      device: 'cpu',
    },
    limits: { ...defaultLimits, minSide: 1 },
    metrics: noMetrics,
    log: silentLog,
    now: Date.now,
    stages: stageNames,
    continues: [],
    slots: createSlots(2, 10),
    waitMs: { message: 10_000, caller: 10_000 },
    workMs: 10_000,
    refusal: () => undefined,
    childTrace: (trace) => trace,
    ...changes,
  };
  let handler: StageHandler = createStageHandler(handling);

  function delivery(data: unknown, id = `message-${++messageId}`): Delivery {
    return { data, attributes: {}, messageId: id, publishTime: '', subscription: 'test' };
  }

  /** What an operator sends for a job that failed. */
  async function redrive(data: unknown, job: string): Promise<Delivery> {
    const failed = (await quiet.failed(job))!;
    return { ...delivery(data), attributes: { [REDRIVES]: failed.uri } };
  }

  return {
    store,
    publisher,
    records,
    quiet,
    runs,
    handling,
    delivery,
    redrive,
    /** A fresh process: nothing is in flight any more. */
    restart(more: Partial<StageHandling> = {}) {
      handler = createStageHandler({ ...handling, slots: createSlots(2, 10), ...more });
    },
    push: (message: Delivery): Promise<PushAnswer> => handler.push(message),
    run: (message: unknown) => handler.run(message),
    /** A job whose photo is 8×8, and the message for its first stage. */
    async upload(job: string, options: Partial<JobOptions> = {}, tenant = 'shop', side = 8) {
      const photo = await store.put(
        { bucket: 'uploads', name: `uploads/${tenant}/${job}.png` },
        Uint8Array.of(side),
      );
      const full = jobOptionsSchema.parse({ effects: ['color'], ...options });
      const input = formatUri(photo);
      const created = new Date().toISOString();
      const route = routeOf(full);
      const record: JobRecord = {
        schema: 1,
        job,
        tenant,
        reference: null,
        input,
        options: full,
        route,
        created,
      };
      const { uri } = await quiet.createJob(record);
      return { schema: 1, job: uri, stage: route[0]!, input, trace: '' } satisfies StageMessage;
    },
    /**
     * Delivers a message and all that follows from it, each again until it is acknowledged.
     * @param doubled every message is delivered twice at once
     */
    async pump(first?: Delivery, { doubled = false, atMost = 40 } = {}): Promise<void> {
      const waiting: Delivery[] = first ? [first] : [];
      for (let count = 0; ; count++) {
        const fresh = publisher.published.slice(delivered);
        delivered = publisher.published.length;
        for (const { topic, data } of fresh)
          if ((stageNames as readonly string[]).includes(topic)) waiting.push(delivery(data));
        const next = waiting.shift();
        if (!next) return;
        if (count > atMost) throw new Error(`Expected an end within ${atMost} deliveries`);
        const answers = await Promise.all(
          doubled ? [handler.push(next), handler.push(next)] : [handler.push(next)],
        );
        if (answers.some(({ status }) => status !== 204)) waiting.push(next);
      }
    },
    completed: () => publisher.on('completed') as Completed[],
    failed: () => publisher.on('failed') as Failed[],
    names: (job: string) => store.names('results', `jobs/${job}/`),
  };
}

// Wires one or more stages into a service: models, records, handler, express app. What the stage functions and the
// embedded default share.
import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import type { Registry } from '../models/registry.ts';
import type { StageName } from '../shared/card.ts';
import type { Config } from '../shared/config/parse-config.ts';
import { checkTargetSize } from '../shared/config/target-size.ts';
import { CutlineError, toCutlineError } from '../shared/errors.ts';
import type { StageHandler } from '../shared/handle-stage.ts';
import { createStageHandler } from '../shared/handle-stage.ts';
import { decode, encode, resize } from '../shared/image/codec.ts';
import type { OpenedModels } from '../shared/inference/served-models.ts';
import type { EngineThread } from '../shared/inference/start-thread.ts';
import { createJobRecords } from '../shared/job-records.ts';
import type { LoadLadder } from '../shared/load-ladder.ts';
import type { Logger } from '../shared/log.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { Publisher } from '../shared/publisher.ts';
import type { Readiness } from '../shared/readiness.ts';
import { paths, warmRecordSchema } from '../shared/records.ts';
import { createResultCache } from '../shared/result-cache.ts';
import type { ServedModels } from '../shared/run-stage.ts';
import type { StageState } from '../shared/serve-stage.ts';
import { createStageApp } from '../shared/serve-stage.ts';
import { createSlots } from '../shared/slots.ts';
import type { Buckets } from '../shared/stage-message.ts';
import { childTrace } from '../shared/trace.ts';
import { startLoadProbe } from '../shared/transport/load-probe.ts';
import type { PromMetrics } from '../shared/transport/prom-metrics.ts';
import type { BegunModels } from './begin-models.ts';
import { beginModels } from './begin-models.ts';

export interface StageServiceOptions {
  readonly stages: readonly StageName[];
  /** Those that it goes on with by itself instead of publishing to their topic. */
  readonly continues: readonly StageName[];
  readonly config: Config;
  readonly buckets: Buckets;
  readonly registry: Registry;
  /** Of these very stages; begun here where it is left out. */
  readonly begun?: BegunModels;
  /** For models that are begun here. */
  readonly thread?: EngineThread;
  readonly store: ObjectStore;
  readonly publisher: Publisher;
  readonly log: Logger;
  readonly metrics: PromMetrics;
  /** There is time for what the start does not need; at once where it is left out. */
  readonly quiet?: Promise<void>;
  /** Of this process. */
  readonly ladder: LoadLadder;
  /** The instance is ending. */
  isEnding(): boolean;
  /** The process can no longer work: it should answer what it has, and be restarted. */
  onBroken(error: CutlineError): void;
}

export interface StageService {
  readonly app: Express;
  readonly handler: StageHandler;
  readonly readiness: Readiness;
  state(): Promise<StageState>;
  /** Resolves when the models are open and warm. @throws what they failed with */
  readonly opened: Promise<OpenedModels>;
  /** After the last run. */
  close(): Promise<void>;
}

const CALLER_WAITS_MS = 20_000;
const MEBI = 1024 * 1024;

export function startStageService(options: StageServiceOptions): StageService {
  const { config, store, buckets, log, metrics, stages } = options;
  const now = Date.now;
  const begun = options.begun ?? beginModels(options);
  const { readiness } = begun;
  let models: OpenedModels | undefined;
  let broken: CutlineError | undefined;

  function breakDown(error: CutlineError): void {
    if (broken) return;
    broken = error;
    log.error('The process has to be restarted', { error });
    options.onBroken(error);
  }

  const opened = open();
  opened.catch((thrown: unknown) => readiness.fail(toCutlineError(thrown)));
  void Promise.resolve(options.quiet).then(expectAsLastTime);

  const served: ServedModels = {
    choose: (stage, job) => ready().choose(stage, job),
    model: (id) => ready().model(id),
    tile: () => ready().tile(),
    get device() {
      return ready().device;
    },
  };
  const slots = createSlots(config.workSlots, config.queueLimit);
  const probe = startLoadProbe({
    ladder: options.ladder,
    queue: () => slots.waiting / config.queueLimit,
    memoryLimitMb: config.memoryLimitMb,
  });
  const inner = createStageHandler({
    store,
    records: createJobRecords({ store, bucket: buckets.results, now }),
    cache: createResultCache(store, buckets.results),
    bucket: buckets.results,
    buckets,
    decode,
    encode: (picture) => encode(picture, { format: 'png', travels: true }),
    resize,
    models: served,
    limits: config.limits,
    metrics,
    log,
    now,
    publisher: options.publisher,
    stages,
    continues: options.continues,
    slots,
    waitMs: { message: config.queueWaitSec * 1000, caller: CALLER_WAITS_MS },
    workMs: config.processingTimeoutSec * 1000,
    refusal: () => readiness.refusal() ?? broken ?? (options.isEnding() ? ending() : undefined),
    childTrace: (trace) => childTrace(trace, randomBytes),
  });
  const handler: StageHandler = {
    push: (delivery) => inner.push(delivery).finally(checkMemory),
    run: (data, signal) => inner.run(data, signal).finally(checkMemory),
  };
  const app = createStageApp({
    readiness,
    handler,
    state,
    metrics,
    log,
    load: () => options.ladder.own,
  });
  return {
    app,
    handler,
    readiness,
    state,
    opened,
    async close() {
      probe.stop();
      await (await opened.catch(() => undefined))?.close();
    },
  };

  async function open(): Promise<OpenedModels> {
    begun.listen({
      onPhase: (phase, elapsed_ms) => log.info(`Start-up: ${phase}`, { elapsed_ms }),
      onLoaded(card, ms, when) {
        const { id, stage, precision, preview } = card;
        if (stage === 'helper') return;
        log.info('Model loaded', { model: id, precision, preview, when, duration_ms: Math.round(ms) });
      },
      onFallback: (reason) => log.warning(`Not as configured: ${reason}`),
      onBroken: breakDown,
      onRan: (model, ms) => metrics.modelRan(model, ms / 1000),
    });
    models = await begun.opened;
    if (stages.includes('segment')) {
      const cards = models.offered('segment').map((id) => options.registry.find('segment', id).card);
      checkTargetSize(config, cards);
    }
    readiness.enter('ready');
    log.info('Ready', { stages, device: models.device, elapsed_ms: begun.elapsedMs() });
    return models;
  }

  function ready(): OpenedModels {
    if (models) return models;
    throw new CutlineError('MODEL_LOADING');
  }

  async function state(): Promise<StageState> {
    const defaults = stages.map((stage) => [stage, models?.offered(stage)[0]] as const);
    return {
      stages,
      device: models?.device ?? null,
      fellBack: models?.fellBack ?? false,
      models: Object.fromEntries(defaults.filter(([, id]) => id !== undefined)),
      gpuMemoryFreeMb: (await models?.gpuMemory())?.freeMb ?? null,
      broken,
    };
  }

  /** For whoever asks before it is ready how long that takes. */
  async function expectAsLastTime(): Promise<void> {
    if (readiness.isReady) return;
    try {
      const measured = await Promise.all(
        stages.map(async (stage) => {
          const found = await store.read({ bucket: buckets.results, name: paths.warm(stage) }, MEBI);
          return (
            found && warmRecordSchema.parse(JSON.parse(new TextDecoder().decode(found.data))).measured_ms
          );
        }),
      );
      const known = measured.filter((ms) => ms !== undefined);
      if (known.length > 0) readiness.expect(Math.max(...known));
    } catch (error) {
      // An estimate is all that is lost.
      log.debug('The last warm-up’s record cannot be read', { error });
    }
  }

  function checkMemory(): void {
    const rss = Math.round(process.memoryUsage.rss() / MEBI);
    log.debug('Memory', { rss_mb: rss });
    if (config.memoryLimitMb === undefined || rss <= config.memoryLimitMb) return;
    const message = `${rss} MB are held, more than MEMORY_LIMIT_MB=${config.memoryLimitMb}`;
    breakDown(new CutlineError('SHUTTING_DOWN', { message }));
  }
}

function ending(): CutlineError {
  return new CutlineError('SHUTTING_DOWN');
}

// Ingest and warmup, wired: what each does with a push, and its express app. The cloud's entries and the embedded default
// take them from here.
import { randomBytes } from 'node:crypto';
import type { Express, Request } from 'express';
import type { Config } from '../shared/config/parse-config.ts';
import { readHeader } from '../shared/image/codec.ts';
import { checkSize } from '../shared/image/limits.ts';
import { createJobRecords } from '../shared/job-records.ts';
import type { Logger } from '../shared/log.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { Publisher } from '../shared/publisher.ts';
import type { PushHandler } from '../shared/push.ts';
import { closeApp, openApp, pushRoute, sendAnswer } from '../shared/serve-push.ts';
import type { Buckets } from '../shared/stage-message.ts';
import type { StageRunner } from '../shared/stage-runner.ts';
import { newTrace } from '../shared/trace.ts';
import { createIngest } from './ingest/ingest.ts';
import { createWarmup } from './warmup/warm-up.ts';

/** What every function stands on. */
export interface Surroundings {
  readonly config: Config;
  readonly log: Logger;
  readonly store: ObjectStore;
  readonly publisher: Publisher;
  readonly buckets: Buckets;
}

export interface FunctionService {
  /** By path, as subscriptions name them. */
  readonly pushes: Readonly<Record<string, PushHandler>>;
  readonly app: Express;
}

/** A GPU's cold start is 30 s; a stage that needs so long will not come. */
const WARM_UP_LIMIT_MS = 240_000;

export function ingestService({ config, log, store, publisher, buckets }: Surroundings): FunctionService {
  const now = Date.now;
  const ingest = createIngest({
    store,
    publisher,
    buckets,
    now,
    log,
    records: createJobRecords({ store, bucket: buckets.results, now }),
    uploadsPrefix: config.uploadsPrefix,
    limits: config.limits,
    async inspect(file) {
      const header = await readHeader(file);
      checkSize(header, config.limits);
      return header;
    },
    newTrace: () => newTrace(randomBytes),
  });
  const app = probes(openApp());
  app.post('/', async (request, response, next) => {
    if (!isCloudEvent(request)) return next();
    sendAnswer(await ingest.cloudEvent(request.headers, request.body), response);
  });
  return withPushes(app, { '/': ingest.push, '/dead-letter': ingest.deadLetter }, log);
}

/** Eventarc's binary form: the event's attributes are headers. */
function isCloudEvent(request: Request): boolean {
  return request.headers['ce-type'] !== undefined;
}

export function warmupService(
  { config, log, store, buckets }: Surroundings,
  runner: StageRunner,
): FunctionService {
  const warmup = createWarmup({
    stages: config.stages,
    runner,
    store,
    resultsBucket: buckets.results,
    now: Date.now,
    log,
    timeoutMs: WARM_UP_LIMIT_MS,
  });
  const app = probes(openApp());
  // Cloud Scheduler and people ask; what comes from the topic is a push and needs no answer.
  app.post('/', async (request, response, next) => {
    if (request.body?.message !== undefined) return next();
    sendAnswer(await warmup.request(), response);
  });
  return withPushes(app, { '/': warmup.push }, log);
}

/** There is no model to wait for: whoever answers is ready. */
function probes(app: Express): Express {
  app.get('/startup', (_, response) => void response.json({ status: 'ready' }));
  app.get('/health', (_, response) => void response.json({ status: 'healthy' }));
  return app;
}

export function withPushes(app: Express, pushes: FunctionService['pushes'], log: Logger): FunctionService {
  for (const [path, handler] of Object.entries(pushes)) app.post(path, pushRoute(handler, log));
  return { pushes, app: closeApp(app, log) };
}

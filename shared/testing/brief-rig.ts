// The storefront's synchronous endpoints by HTTP over real stages: the built-in models in this process, objects in memory.
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import type { BriefOptions } from '../../functions/open-brief.ts';
import { openBrief, syncHere } from '../../functions/open-brief.ts';
import { openStorefront } from '../../functions/open-storefront.ts';
import { ingestService } from '../../functions/services.ts';
import { startStageService } from '../../functions/stage-service.ts';
import { jobTokenIn } from '../../functions/storefront/access.ts';
import { briefRouter } from '../../functions/storefront/routes/brief.ts';
import { filesRouter } from '../../functions/storefront/routes/files.ts';
import { openRegistry } from '../../models/registry.ts';
import type { StageName } from '../card.ts';
import { stageNames } from '../card.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { Environment } from '../config/variables.ts';
import { CutlineError } from '../errors.ts';
import { createLoadLadder } from '../load-ladder.ts';
import { closeApp, openApp } from '../serve-push.ts';
import { createLocalDownloads } from '../transport/local-download-urls.ts';
import { createMetrics } from '../transport/prom-metrics.ts';
import { fakeLog } from './fake-log.ts';
import { fakePublisher } from './fake-publisher.ts';
import { fakeStore } from './fake-store.ts';
import { listen } from './push-server.ts';

export type RealStages = Awaited<ReturnType<typeof openRealStages>>;

const buckets = { uploads: 'uploads', results: 'results' };

/** All stages with the built-in models on the CPU, warm. */
export async function openRealStages() {
  const config = parseConfig({ DEVICE: 'cpu', THREADS: '2' });
  const store = fakeStore();
  const publisher = fakePublisher();
  const log = fakeLog();
  const stages = startStageService({
    ...{ config, store, publisher, log, buckets },
    stages: stageNames,
    continues: [],
    // The built-in models alone, whatever was baked here.
    registry: await openRegistry(),
    metrics: createMetrics(),
    ladder: createLoadLadder(() => performance.now()),
    isEnding: () => false,
    onBroken() {},
  });
  await stages.opened;
  return { store, publisher, log, stages };
}

export interface BriefChanges
  extends Partial<Pick<BriefOptions, 'runner' | 'ladder' | 'segment' | 'workMs'>> {
  readonly env?: Environment;
}

/** Anyone may ask, as often as he likes. */
const open: Environment = {
  ANONYMOUS: 'true',
  RATE_LIMIT_PER_MINUTE: '100000',
  RATE_LIMIT_PER_SECOND: '100000',
};

export async function serveBrief(t: ExecutionContext, real: RealStages, changes: BriefChanges = {}) {
  const { store, publisher, log, stages } = real;
  const config = parseConfig({ ...open, ...changes.env });
  const app = openApp();
  const server = createServer(app);
  const base = `http://127.0.0.1:${await listen(t, server)}`;
  const { urls: downloads, handler } = createLocalDownloads({
    store,
    buckets: [buckets.results],
    address: `${base}/downloads`,
    secret: 'secret',
    now: Date.now,
  });
  const ladder = createLoadLadder(() => performance.now());
  const surroundings = { config, log, store, publisher, buckets };
  const opened = await openStorefront({
    ...surroundings,
    tokenSecret: 'a secret of more than thirty-two letters',
    uploadUrls: { create: () => Promise.reject(new Error('Expected no upload URL')) },
    downloads,
    ladder,
    onBroken() {},
  });
  t.teardown(() => opened.close());
  const ports = openBrief(opened, {
    ...{ store, buckets, log, downloads, ladder },
    ...syncHere(stages, config),
    ...changes,
  });
  app.use('/downloads', handler);
  app.use(briefRouter(ports));
  app.use('/jobs/:job', async (request, response, next) => {
    response.locals.caller = await opened.admit(request, response, 'read', request.params.job);
    next();
  });
  app.use(
    filesRouter({
      ...opened.delivered,
      downloads,
      authorize(request, job) {
        const { caller } = request.res!.locals;
        if (!opened.access.mayTouch(job, caller, jobTokenIn(request.headers, request.query.token)))
          throw new CutlineError('JOB_NOT_FOUND');
      },
      log,
    }),
  );
  closeApp(app, log);
  const ingest = ingestService(surroundings);
  return { base, ports, opened, store, log, carryUploads };

  /** What notifications and topics would do for the photos that lie in the uploads bucket. */
  async function carryUploads(): Promise<void> {
    const carry = async (push: (typeof ingest.pushes)[string], data: unknown, attributes = {}) => {
      const messageId = crypto.randomUUID();
      await push({ data, attributes, messageId, publishTime: '', subscription: 'test' });
    };
    let seen = publisher.published.length;
    for (const name of await store.names(buckets.uploads)) {
      const info = await store.quiet.head({ bucket: buckets.uploads, name });
      const attributes = {
        eventType: 'OBJECT_FINALIZE',
        bucketId: buckets.uploads,
        objectId: name,
        objectGeneration: info!.generation,
      };
      await carry(ingest.pushes['/']!, {}, attributes);
    }
    while (seen < publisher.published.length) {
      const { topic, data } = publisher.published[seen++]!;
      if ((stageNames as readonly string[]).includes(topic as StageName))
        await carry(stages.handler.push, data);
    }
  }
}

/** A form with a photo in it and what is said of it. */
export function photoForm(
  photo: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
  { field = 'image', name = 'portrait.jpg', type = 'image/jpeg' } = {},
): FormData {
  const form = new FormData();
  form.append(field, new Blob([photo], { type }), name);
  for (const [key, text] of Object.entries(fields)) form.append(key, text);
  return form;
}

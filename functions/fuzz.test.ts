// Whatever is sent to the functions over HTTP: they answer, never with a 5xx, and touch nothing but the job that is meant.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Express } from 'express';
import fc from 'fast-check';
import { parseConfig } from '../shared/config/parse-config.ts';
import { CutlineError } from '../shared/errors.ts';
import { createLoadLadder } from '../shared/load-ladder.ts';
import { createReadiness } from '../shared/readiness.ts';
import { createStageApp } from '../shared/serve-stage.ts';
import type { ChainRig } from '../shared/testing/chain-rig.ts';
import { createChainRig, ids, silentLog } from '../shared/testing/chain-rig.ts';
import type { Sent } from '../shared/testing/fuzz-requests.ts';
import { nearly, pushOf, requests } from '../shared/testing/fuzz-requests.ts';
import { listen } from '../shared/testing/push-server.ts';
import { createLocalStageRunner } from '../shared/transport/local-stage-runner.ts';
import { createMetrics } from '../shared/transport/prom-metrics.ts';
import { syncHere } from './open-brief.ts';
import { ingestService, warmupService } from './services.ts';
import { storefrontService } from './storefront-service.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 200);
const HANGS_AFTER_MS = 30_000;
const [own, neighbour] = ids as [string, string];

/** A chain with a job that is being worked on, its neighbour that is done, and a photo that nobody has told of. */
async function openRig() {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(neighbour, {}, 'other')));
  const message = await rig.upload(own);
  const photo = await rig.store.put({ bucket: 'uploads', name: 'uploads/new.png' }, Uint8Array.of(8));
  const before = await stateOf(rig);
  return { rig, message, photo, before };
}

async function stateOf({ store }: ChainRig): Promise<string[]> {
  const found = await Promise.all(
    ['uploads', 'results'].map((bucket) => Array.fromAsync(store.quiet.list(bucket, ''))),
  );
  return found
    .flat()
    .map(({ bucket, name, generation }) => `${bucket}/${name}#${generation}`)
    .sort();
}

function surroundings({ store, publisher }: ChainRig) {
  const buckets = { uploads: 'uploads', results: 'results' };
  return { config: parseConfig({}), log: silentLog, store, publisher, buckets };
}

async function openStorefront(rig: ChainRig) {
  const nowhere = { create: () => Promise.reject(new CutlineError('STORE_UNAVAILABLE')) };
  return await storefrontService({
    ...surroundings(rig),
    tokenSecret: 's'.repeat(32),
    uploadUrls: nowhere,
    downloads: nowhere,
    ladder: createLoadLadder(() => 0),
    sync: syncHere({ ...serviceOf(rig), readiness: createReadiness(Date.now) }, { processingTimeoutSec: 1 }),
    onBroken() {},
  });
}

function stageApp(rig: ChainRig): Express {
  const readiness = createReadiness(Date.now);
  readiness.enter('ready');
  return createStageApp({ ...serviceOf(rig), readiness, metrics: createMetrics(), log: silentLog });
}

function serviceOf(rig: ChainRig) {
  const state = {
    stages: rig.handling.stages,
    device: 'cpu',
    fellBack: false,
    models: {},
    gpuMemoryFreeMb: null,
    broken: undefined,
  };
  return { handler: { push: rig.push, run: (data: unknown) => rig.run(data) }, state: async () => state };
}

async function send(url: string, { body, headers }: Sent): Promise<number> {
  const signal = AbortSignal.timeout(HANGS_AFTER_MS);
  const answer = await fetch(url, { method: 'POST', body, headers, signal });
  await answer.arrayBuffer();
  return answer.status;
}

/** @param jobs what of the results may be looked at and written */
async function attack(
  t: ExecutionContext,
  { rig, before }: Awaited<ReturnType<typeof openRig>>,
  app: Express,
  path: string,
  arbitrary: fc.Arbitrary<Sent>,
  jobs: RegExp,
): Promise<void> {
  const url = `http://127.0.0.1:${await listen(t, createServer(app))}${path}`;
  const begun = rig.store.calls.length;
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(arbitrary, async (sent) => {
      const status = await send(url, sent);
      seen.add(status);
      if (status >= 500) throw new Error(`Expected no 5xx but received ${status}`);
    }),
    { numRuns: RUNS },
  );
  const strange = rig.store.calls
    .slice(begun)
    .filter(({ method, bucket, name }) =>
      bucket === 'uploads' ? !['head', 'read'].includes(method) : !jobs.test(name),
    );
  t.deepEqual(strange, []);
  const after = new Set(await stateOf(rig));
  t.deepEqual(
    before.filter((object) => !after.has(object)),
    [],
    'nothing that was there is gone or another',
  );
  t.true(seen.size > 1, `${[...seen]}`);
}

const notification = (name: string, generation: string) => ({
  eventType: 'OBJECT_FINALIZE',
  bucketId: 'uploads',
  objectId: name,
  objectGeneration: generation,
  payloadFormat: 'JSON_API_V1',
});
const attributes = nearly({ stage: 'upscale', traceparent: '' });
const folder = (job: string) => new RegExp(`^(jobs/${job}|cache)/`);
/** Another generation of a photo, which may be sent by chance, is a job of its own; those that are there are not meant. */
const newJobs = new RegExp(`^jobs/(?!${own}|${neighbour})[0-9a-f]{32}/`);

test('ingest', async (t) => {
  const opened = await openRig();
  const { rig, photo } = opened;
  const { name, generation } = photo;
  const object = nearly({ kind: 'storage#object', bucket: 'uploads', name, generation });
  const pushes = pushOf(object, nearly(notification(name, generation)));
  const { app } = ingestService(surroundings(rig));
  await attack(t, opened, app, '/', requests(fc.oneof(pushes, object)), newJobs);
  // Others are only looked for.
  const job = createHash('sha256').update(`uploads/${name}#${generation}`).digest('hex').slice(0, 32);
  const written = (await stateOf(rig)).filter((object) => !opened.before.includes(object));
  t.deepEqual(
    written.filter((object) => !object.startsWith(`results/jobs/${job}/`)),
    [],
  );
});

test('ingest, events of Eventarc', async (t) => {
  const opened = await openRig();
  const { name, generation } = opened.photo;
  const event = requests(nearly({ bucket: 'uploads', name, generation })).map((sent) => ({
    ...sent,
    headers: { 'ce-type': 'google.cloud.storage.object.v1.finalized', 'ce-id': '1', ...sent.headers },
  }));
  await attack(t, opened, ingestService(surroundings(opened.rig)).app, '/', event, newJobs);
});

test('ingest, dead letters', async (t) => {
  const opened = await openRig();
  const { rig, message } = opened;
  const { app } = ingestService(surroundings(rig));
  const letters = requests(pushOf(nearly(message), attributes));
  await attack(t, opened, app, '/dead-letter', letters, folder(own));
});

test('a stage, pushes', async (t) => {
  const opened = await openRig();
  const { rig, message } = opened;
  await attack(t, opened, stageApp(rig), '/', requests(pushOf(nearly(message), attributes)), folder(own));
});

test('a stage, the synchronous path', async (t) => {
  const opened = await openRig();
  const { rig, message } = opened;
  await attack(t, opened, stageApp(rig), '/run', requests(nearly(message)), folder(own));
});

test('the warm-up', async (t) => {
  const opened = await openRig();
  const readiness = createReadiness(Date.now);
  readiness.enter('ready');
  const runner = createLocalStageRunner({ ...serviceOf(opened.rig), readiness });
  const { app } = warmupService(surroundings(opened.rig), runner);
  await attack(
    t,
    opened,
    app,
    '/',
    requests(pushOf(nearly({ stages: ['upscale'] }), attributes)),
    /^ops\/warm\//,
  );
});

test('the storefront’s webhooks', async (t) => {
  const opened = await openRig();
  const ends = opened.rig.completed().map((completed) => nearly({ ...completed }));
  const pushes = pushOf(fc.oneof(...ends, nearly({ schema: 1, job: own, tenant: 'shop' })), attributes);
  const { app, close } = await openStorefront(opened.rig);
  t.teardown(close);
  await attack(t, opened, app, '/webhooks', requests(pushes), /^ops\/times\.json$/);
});

test('when the store does not answer, what is ours is answered with 503, and comes again', async (t) => {
  const { rig, message, photo } = await openRig();
  const unavailable = (): never => {
    throw new CutlineError('STORE_UNAVAILABLE');
  };
  for (const method of ['head', 'read', 'write', 'writeIfAbsent', 'list', 'delete'] as const)
    rig.store.before(method, unavailable);
  const push = (data: unknown, attributes = {}) => ({
    message: { data: Buffer.from(JSON.stringify(data)).toString('base64'), attributes, messageId: '1' },
  });
  const ingest = ingestService(surroundings(rig)).app;
  const stage = stageApp(rig);
  const cases = [
    [ingest, '/', push({}, notification(photo.name, photo.generation))],
    [ingest, '/dead-letter', push(message)],
    [stage, '/', push(message)],
    [stage, '/run', message],
  ] as const;
  for (const [app, path, body] of cases) {
    const url = `http://127.0.0.1:${await listen(t, createServer(app))}${path}`;
    const headers = { 'content-type': 'application/json' };
    t.is(await send(url, { body: JSON.stringify(body), headers }), 503, path);
  }
});

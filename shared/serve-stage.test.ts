import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { CutlineError } from './errors.ts';
import type { StageHandler } from './handle-stage.ts';
import type { Load } from './load-ladder.ts';
import type { HealthFigures } from './metrics.ts';
import { createReadiness } from './readiness.ts';
import type { StageState } from './serve-stage.ts';
import { createStageApp } from './serve-stage.ts';
import { fakeLog } from './testing/fake-log.ts';
import { listen } from './testing/push-server.ts';
import { contractMessage, contractRecord } from './testing/stage-runner-contract.ts';

const figures: HealthFigures = {
  requests_last_hour: 20,
  errors_last_hour: 1,
  latency_ms: { p50: 1, p95: 2, p99: 3 },
  queue_depth: 0,
  upscaler_success_rate: null,
};

interface Changes {
  readonly state?: Partial<StageState>;
  readonly figures?: Partial<HealthFigures>;
  readonly handler?: Partial<StageHandler>;
  readonly isReady?: boolean;
  load?(): Load;
}

async function serve(t: ExecutionContext, { isReady = true, ...changes }: Changes = {}) {
  const readiness = createReadiness(() => 0);
  const state: StageState = {
    stages: ['upscale', 'segment'],
    device: 'cpu',
    fellBack: false,
    models: { upscale: 'twice', segment: 'mask' },
    gpuMemoryFreeMb: null,
    broken: undefined,
    ...changes.state,
  };
  const app = createStageApp({
    readiness,
    handler: {
      push: async () => ({ status: 204 }),
      run: async () => contractRecord,
      ...changes.handler,
    },
    state: async () => state,
    metrics: {
      figures: async () => ({ ...figures, ...changes.figures }),
      text: async () => 'cutline_tries_total 1\n',
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
    },
    log: fakeLog(),
    ...(changes.load && { load: changes.load }),
  });
  if (isReady) readiness.enter('ready');
  const url = `http://127.0.0.1:${await listen(t, createServer(app))}`;
  return {
    readiness,
    get: (path: string) => fetch(url + path),
    post: (path: string, body: unknown = {}, signal?: AbortSignal) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }),
  };
}

test('the startup probe is 503 with its phase until it is ready, then 200', async (t) => {
  const { readiness, get } = await serve(t, { isReady: false });
  readiness.enter('warming');
  const before = await get('/startup');
  t.is(before.status, 503);
  const phase = { phase: 'warming', elapsed_ms: 0, estimate_ms: null };
  t.deepEqual(await before.json(), { status: 'not_ready', reason: 'model_not_loaded', ...phase });
  readiness.enter('ready');
  const after = await get('/startup');
  t.is(after.status, 200);
  const phases_ms = { starting: 0, warming: 0 };
  t.deepEqual(await after.json(), { status: 'ready', model_loaded: true, phases_ms, total_ms: 0 });
});

test('health has the state and the figures', async (t) => {
  const answer = await (await serve(t)).get('/health');
  t.is(answer.status, 200);
  const { memory_rss_mb, ...health } = (await answer.json()) as Record<string, unknown>;
  t.true(Number(memory_rss_mb) > 10);
  t.deepEqual(health, {
    status: 'healthy',
    ready: true,
    stages: ['upscale', 'segment'],
    device: 'cpu',
    models: { upscale: 'twice', segment: 'mask' },
    gpu_memory_free_mb: null,
    ...figures,
  });
});

const broken = new CutlineError('PROCESSING_TIMEOUT', { fields: { limit_seconds: 300 } });
const healths: readonly (readonly [why: string, changes: Changes, status: string, code: number])[] = [
  ['nothing was asked yet', { figures: { requests_last_hour: 0, errors_last_hour: 0 } }, 'healthy', 200],
  ['one in twenty went wrong', {}, 'healthy', 200],
  ['more than one in twenty went wrong', { figures: { errors_last_hour: 2 } }, 'degraded', 200],
  ['a wanted device could not be used', { state: { fellBack: true } }, 'degraded', 200],
  ['it is not ready', { isReady: false }, 'unhealthy', 503],
  ['it is stuck', { state: { broken } }, 'unhealthy', 503],
];

for (const [why, changes, status, code] of healths) {
  test(`health is ${status} when ${why}`, async (t) => {
    const answer = await (await serve(t, changes)).get('/health');
    t.is(answer.status, code);
    t.like(await answer.json(), { status });
  });
}

test('what is stuck says why', async (t) => {
  const answer = await (await serve(t, { state: { broken } })).get('/health');
  const detail = 'Processing timeout exceeded 300 seconds';
  t.like(await answer.json(), { error_code: 'PROCESSING_TIMEOUT', detail });
});

test('metrics are served as the text that they are', async (t) => {
  const answer = await (await serve(t)).get('/metrics');
  t.is(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  t.is(await answer.text(), 'cutline_tries_total 1\n');
});

test('the warm-up waits, and names the models of all stages', async (t) => {
  const { readiness, post } = await serve(t, { isReady: false });
  const asked = post('/warmup');
  const other = post('/run', contractMessage);
  t.is((await other).status, 200, 'other requests are answered meanwhile');
  readiness.enter('ready');
  t.deepEqual(await (await asked).json(), {
    status: 'ready',
    was_cold: true,
    model: 'twice, mask',
    device: 'cpu',
    phases_ms: { starting: 0 },
    total_ms: 0,
  });
});

test('the warm-up of what fails to start is that error', async (t) => {
  const { readiness, post } = await serve(t, { isReady: false });
  const asked = post('/warmup');
  readiness.fail(new CutlineError('MODEL_INVALID', { fields: { model: 'mask', field: 'sha256' } }));
  const answer = await asked;
  t.is(answer.status, 500);
  t.like(await answer.json(), { error_code: 'MODEL_INVALID' });
});

test('the synchronous path gives the message as it came, and answers with the record', async (t) => {
  const asked: unknown[] = [];
  const run: StageHandler['run'] = async (data) => {
    asked.push(data);
    return contractRecord;
  };
  const { post } = await serve(t, { handler: { run } });
  t.deepEqual(await (await post('/run', contractMessage)).json(), contractRecord);
  t.deepEqual(asked, [contractMessage]);
});

test('the synchronous path is told when its caller hangs up', async (t) => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal>();
  const run: StageHandler['run'] = (_, signal) => {
    begin(signal!);
    return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)));
  };
  const { post } = await serve(t, { handler: { run } });
  const leaving = new AbortController();
  const asked = post('/run', contractMessage, leaving.signal);
  const signal = await begun;
  leaving.abort();
  await t.throwsAsync(asked);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  t.is(signal.reason.code, 'CANCELLED');
});

test('a push is answered as its handler says', async (t) => {
  const push = async () => ({ status: 503, body: { error_code: 'BUSY' } });
  const { post } = await serve(t, { handler: { push } });
  const answer = await post('/', { message: { messageId: '1' } });
  t.is(answer.status, 503);
  t.deepEqual(await answer.json(), { error_code: 'BUSY' });
  t.is((await post('/', {})).status, 204, 'and what is none is dropped');
});

test('other paths and methods are 404', async (t) => {
  const { get, post } = await serve(t);
  for (const answer of [get('/'), get('/run'), get('/warmup'), post('/startup'), get('/metrics/x')])
    t.is((await answer).status, 404);
});

test('every answer says the load as it is when the answer begins, where there is something that knows', async (t) => {
  let load: Load = 'normal';
  const run = async () => {
    load = 'heavy';
    return contractRecord;
  };
  const { get, post } = await serve(t, { load: () => load, handler: { run } });
  t.is((await get('/startup')).headers.get('x-load'), 'normal');
  t.is((await post('/run', contractMessage)).headers.get('x-load'), 'heavy');
  t.is((await get('/nothing')).headers.get('x-load'), 'heavy');
  const silent = await serve(t);
  t.is((await silent.get('/startup')).headers.get('x-load'), null);
});

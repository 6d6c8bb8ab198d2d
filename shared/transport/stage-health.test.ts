import { createServer } from 'node:http';
import test from 'ava';
import { openApp } from '../serve-push.ts';
import { listen } from '../testing/push-server.ts';
import { askStageHealth } from './stage-health.ts';

const healthy = {
  status: 'degraded',
  ready: true,
  stages: ['segment'],
  device: 'cuda',
  models: { segment: 'birefnet-general' },
  gpu_memory_free_mb: 847,
  memory_rss_mb: 100,
};

async function serve(t: Parameters<typeof listen>[0], status: number, body: unknown) {
  const app = openApp();
  const asked: (string | undefined)[] = [];
  app.get('/health', (request, response) => {
    asked.push(request.headers.authorization);
    response.status(status).json(body);
  });
  const url = `http://127.0.0.1:${await listen(t, createServer(app))}`;
  return { url, asked };
}

const idToken = async () => 'secret';

test('What the stage says is read, with no token over a connection that anybody can read', async (t) => {
  const { url, asked } = await serve(t, 200, healthy);
  t.like(await askStageHealth({ url, idToken, timeoutMs: 10_000 }), {
    status: 'degraded',
    ready: true,
    device: 'cuda',
    models: { segment: 'birefnet-general' },
    gpu_memory_free_mb: 847,
  });
  t.deepEqual(asked, [undefined]);
});

test('One that is not well says so with 503, which is an answer', async (t) => {
  const sick = { ...healthy, status: 'unhealthy', ready: false, device: null, gpu_memory_free_mb: null };
  const { url } = await serve(t, 503, sick);
  t.like(await askStageHealth({ url, idToken, timeoutMs: 10_000 }), { status: 'unhealthy', ready: false });
});

test('Over HTTPS it goes with an ID token for the service', async (t) => {
  const calls: unknown[] = [];
  const get = async (url: unknown, init?: RequestInit): Promise<Response> => {
    calls.push([url, init?.headers]);
    return Response.json(healthy);
  };
  await askStageHealth({
    url: 'https://segment.example',
    idToken,
    timeoutMs: 10_000,
    fetch: get as typeof fetch,
  });
  t.deepEqual(calls, [['https://segment.example/health', { authorization: 'Bearer secret' }]]);
});

for (const [name, open] of [
  ['no answer', async () => 'http://127.0.0.1:1'],
  ['no address', async () => undefined],
  [
    'an answer that is none of ours',
    async (t: Parameters<typeof listen>[0]) => (await serve(t, 200, {})).url,
  ],
] as const)
  test(`Unavailable: ${name}`, async (t) => {
    const url = await open(t);
    await t.throwsAsync(askStageHealth({ url, idToken, timeoutMs: 10_000 }), { code: 'STAGE_UNAVAILABLE' });
  });

import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Express } from 'express';
import { CutlineError } from './errors.ts';
import type { Delivery, PushAnswer } from './push.ts';
import { closeApp, goneSignal, openApp, pushRoute } from './serve-push.ts';
import type { FakeLog } from './testing/fake-log.ts';
import { fakeLog } from './testing/fake-log.ts';
import { listen } from './testing/push-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const push = {
  message: { messageId: '7', data: Buffer.from('{"n":1}').toString('base64') },
  subscription: 's',
};

async function serve(t: ExecutionContext, wire: (app: Express, log: FakeLog) => void) {
  const log = fakeLog();
  const app = openApp();
  wire(app, log);
  closeApp(app, log);
  const url = `http://127.0.0.1:${await listen(t, createServer(app))}`;
  const post = (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = JSON_TYPE,
  ) => fetch(url + path, { method: 'POST', headers, body });
  return { url, post, log };
}

test('a push reaches its handler as a delivery, and the answer is the handler’s', async (t) => {
  const received: Delivery[] = [];
  const answers: PushAnswer[] = [
    { status: 204 },
    { status: 409, body: { error_code: 'MESSAGE_UNKNOWN' } },
    { status: 503 },
  ];
  const { post } = await serve(t, (app, log) => {
    app.post(
      '/',
      pushRoute(async (delivery) => {
        received.push(delivery);
        return answers.shift()!;
      }, log),
    );
  });
  const first = await post('/', JSON.stringify(push));
  t.is(first.status, 204);
  t.is(await first.text(), '');
  t.deepEqual(received, [
    { data: { n: 1 }, attributes: {}, messageId: '7', publishTime: '', subscription: 's' },
  ]);
  const second = await post('/', JSON.stringify(push), { 'content-type': 'application/cloudevents+json' });
  t.is(second.status, 409);
  t.deepEqual(await second.json(), { error_code: 'MESSAGE_UNKNOWN' });
  const third = await post('/', JSON.stringify(push));
  t.is(third.headers.get('retry-after'), '5');
});

test('what is no push is acknowledged, logged, and reaches nobody', async (t) => {
  const { post, log } = await serve(t, (app, log) =>
    app.post(
      '/',
      pushRoute(() => t.fail() as never, log),
    ),
  );
  const bodies = ['', '{}', '[]', '{"message":{}}', '{"message":{"messageId":"1","data":5}}'];
  for (const body of bodies) t.is((await post('/', body)).status, 204, body);
  t.is((await post('/', 'message=1', { 'content-type': 'text/plain' })).status, 204, 'no JSON');
  t.deepEqual(
    log.lines.map(({ level, message, fields }) => [level, message, fields.path]),
    Array(6).fill(['warning', 'A request that is no push was acknowledged and dropped', '/']),
  );
});

test('what cannot be read is the caller’s fault, and nothing of it is told', async (t) => {
  const { post, url, log } = await serve(t, (app) =>
    app.post('/', (request, response) => void response.json(request.body)),
  );
  const cases: readonly (readonly [string, Promise<Response>, number, string])[] = [
    ['a text alone', post('/', '"text"'), 400, 'The request cannot be read'],
    ['broken JSON', post('/', '{"secret":'), 400, 'The request cannot be read'],
    ['two megabytes', post('/', JSON.stringify('x'.repeat(2 ** 21))), 413, 'The request is too large'],
    [
      'another character set',
      post('/', '{}', { 'content-type': 'application/json; charset=latin1' }),
      415,
      'The request cannot be read',
    ],
    [
      'an unknown encoding',
      post('/', '{}', { ...JSON_TYPE, 'content-encoding': 'zip' }),
      415,
      'The request cannot be read',
    ],
    ['a path that is none', fetch(`${url}/%ff`, { method: 'POST' }), 404, 'There is nothing here'],
  ];
  for (const [what, sent, status, detail] of cases) {
    const answer = await sent;
    t.is(answer.status, status, what);
    const body = (await answer.json()) as Record<string, string>;
    t.is(body.detail, detail, what);
    t.is(answer.headers.get('x-powered-by'), null);
  }
  t.deepEqual(log.lines, []);
});

test('one megabyte is read', async (t) => {
  const { post } = await serve(t, (app) =>
    app.post('/', (request, response) => void response.json(request.body[0].length)),
  );
  t.is(await (await post('/', JSON.stringify(['x'.repeat(2 ** 20 - 4)]))).json(), 2 ** 20 - 4);
});

test('an error of ours is answered with its code, its public sentence and its fields', async (t) => {
  const { url, log } = await serve(t, (app) => {
    app.get('/small', () => {
      throw new CutlineError('IMAGE_TOO_SMALL', {
        fields: { width: 1, height: 2, min_side: 64 },
        message: 'private',
      });
    });
    app.get('/busy', () => Promise.reject(new CutlineError('BUSY')));
    app.get('/unforeseen', () =>
      Promise.reject(Object.assign(new Error('secret path /etc'), { status: 500 })),
    );
    app.get('/nothing', () => Promise.reject(null));
  });
  const small = await fetch(`${url}/small`);
  t.is(small.status, 400);
  t.deepEqual(await small.json(), {
    error_code: 'IMAGE_TOO_SMALL',
    detail: 'Image is 1×2 pixels; at least 64×64 are needed',
    width: 1,
    height: 2,
    min_side: 64,
  });
  const busy = await fetch(`${url}/busy`);
  t.is(busy.status, 503);
  t.is(busy.headers.get('retry-after'), '5');
  for (const path of ['/unforeseen', '/nothing']) {
    const answer = await fetch(url + path);
    t.is(answer.status, 500);
    t.deepEqual(await answer.json(), { error_code: 'INTERNAL', detail: 'An unexpected error occurred' });
  }
  t.deepEqual(
    log.lines.map(({ level }) => level),
    ['info', 'error', 'error', 'error'],
  );
});

test('a caller who hangs up is noticed, one who is answered is not', async (t) => {
  const signals: AbortSignal[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { url } = await serve(t, (app) => {
    app.get('/answered', (_, response) => {
      signals.push(goneSignal(response));
      response.json(1);
    });
    app.get('/never', (_, response) => {
      signals.push(goneSignal(response));
      begin();
    });
  });
  await (await fetch(`${url}/answered`)).text();
  const leaving = new AbortController();
  const asked = fetch(`${url}/never`, { signal: leaving.signal });
  await begun;
  t.false(signals[1]!.aborted);
  const told = new Promise((resolve) => signals[1]!.addEventListener('abort', resolve));
  leaving.abort();
  await t.throwsAsync(asked);
  await told;
  t.is(signals[1]!.reason.code, 'CANCELLED');
  t.false(signals[0]!.aborted);
});

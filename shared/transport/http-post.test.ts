import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { createWebhooks } from '../../functions/storefront/webhooks.ts';
import { CutlineError } from '../errors.ts';
import type { Failed } from '../message.ts';
import { fakeLog } from '../testing/fake-log.ts';
import { soon } from '../testing/until.ts';
import { postSigned } from './http-post.ts';

async function listen(t: ExecutionContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// As the README gives it to receivers, but for the types.
function isFromCutline(
  headers: IncomingHttpHeaders,
  body: Buffer,
  secret: string,
  now = Date.now(),
): boolean {
  const given = String(headers['x-cutline-signature']);
  const [, time = '', signature = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(given) ?? [];
  if (!signature || Math.abs(now / 1000 - Number(time)) > 300) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

const document: Failed = {
  schema: 1,
  job: '0123456789abcdef0123456789abcdef',
  tenant: 'pet-shop',
  reference: 'Möhre 🐕',
  input: 'gs://uploads/uploads/a.jpg#1',
  stage: 'ingest',
  error: { code: 'IMAGE_CORRUPT', detail: 'The image is damaged and cannot be read' },
  retryable: false,
  tries: 0,
  at: '2026-11-20T11:59:59.000Z',
};

test('A receiver can tell that a document is ours, and only that one, and only now', async (t) => {
  const received: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const url = await listen(t, async (request, response) => {
    received.push({ headers: request.headers, body: await buffer(request) });
    response.end('thanks');
  });
  const push = createWebhooks({
    webhooks: new Map([['pet-shop', { url: `${url}/hooks?shop=1`, secret: 'hush' }]]),
    post: postSigned,
    now: Date.now,
    log: fakeLog(),
  });
  const message = { data: document, attributes: {}, messageId: '1', publishTime: '', subscription: '' };
  t.deepEqual(await push(message), { status: 204 });
  t.is(received.length, 1);
  const { headers, body } = received[0]!;
  t.deepEqual(JSON.parse(body.toString()), document);
  t.is(headers['content-type'], 'application/json');
  t.is(headers['x-cutline-event'], 'failed');
  t.is(headers['x-cutline-delivery'], document.job);
  t.true(isFromCutline(headers, body, 'hush'));
  t.false(isFromCutline(headers, body, 'hash'));
  t.false(isFromCutline(headers, Buffer.concat([body, Buffer.from(' ')]), 'hush'));
  t.false(isFromCutline(headers, body, 'hush', Date.now() + 301_000));
  t.false(isFromCutline({}, body, 'hush'));
  const later = String(Number(headers['x-cutline-timestamp']) + 1);
  const moved = String(headers['x-cutline-signature']).replace(/t=\d+/, `t=${later}`);
  t.false(isFromCutline({ ...headers, 'x-cutline-signature': moved }, body, 'hush'));
});

test('A redirect is answered with, not followed', async (t) => {
  const paths: unknown[] = [];
  const url = await listen(t, (request, response) => {
    paths.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  t.deepEqual(await postSigned(url, '{}', {}, 10_000), { status: 307 });
  t.deepEqual(paths, ['/']);
});

test('The answer’s body is not waited for, however long it is', async (t) => {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const url = await listen(t, (_, response) => {
    response.once('close', () => resolve());
    const chunk = Buffer.alloc(64 * 1024);
    const more = (): void => {
      while (response.write(chunk));
    };
    response.writeHead(200).on('drain', more);
    more();
  });
  t.deepEqual(await postSigned(url, '{}', {}, 10_000), { status: 200 });
  await t.notThrowsAsync(soon('the end of the answer', gone));
});

/** Long enough for what answers at once, on any machine. */
const PATIENT_MS = 60_000;

/** Where somebody was until just now. */
async function closed(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const silent: RequestListener = () => {};
const troubles: readonly (readonly [
  what: string,
  url: (t: ExecutionContext) => Promise<string>,
  reason: RegExp,
  limitMs?: number,
])[] = [
  ['nobody is there', async () => `${await closed()}/?t0ken`, /ECONNREFUSED/],
  ['nobody answers', async (t) => `${await listen(t, silent)}/?t0ken`, /TimeoutError/, 200],
  [
    'somebody hangs up',
    async (t) => `${await listen(t, ({ socket }) => socket.destroy())}/?t0ken`,
    /UND_ERR_SOCKET/,
  ],
  ['the URL is none', async () => 'shop t0ken', /ERR_INVALID_URL|TypeError/],
  ['the URL has a password', async () => 'https://me:t0ken@shop.example/', /TypeError/],
];

for (const [what, url, reason, limitMs = PATIENT_MS] of troubles) {
  test(`It is said why there is no answer, and nothing of the URL: ${what}`, async (t) => {
    const thrown = await t.throwsAsync(postSigned(await url(t), '{}', {}, limitMs), {
      instanceOf: CutlineError,
    });
    t.is(thrown?.code, 'PUBLISH_FAILED');
    t.regex(thrown?.message ?? '', reason);
    t.notRegex(`${thrown?.message} ${thrown?.stack} ${String(thrown?.cause)}`, /t0ken/);
  });
}

// Over real connections: headers as they arrive, and what a browser would be told.
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import express from 'express';
import { CutlineError } from '../errors.ts';
import { closeApp } from '../serve-push.ts';
import { fakeLog } from '../testing/fake-log.ts';
import { listen } from '../testing/push-server.ts';
import type { SecurityOptions } from './security.ts';
import { requestIdOf, secure } from './security.ts';

const SHOP = 'https://shop.example';

async function serve(t: ExecutionContext, given: Partial<SecurityOptions> = {}) {
  const app = express();
  const random = (count: number) => new Uint8Array(count).fill(171);
  app.use(secure({ allowedOrigins: [SHOP, 'http://localhost:3000'], trustedProxyHops: 0, random, ...given }));
  // As in a service: what cannot be read is refused after the page was told that it may read the refusal.
  app.use(express.json());
  app.all('/echo', (request, response) => {
    response.json({ id: requestIdOf(response), method: request.method });
  });
  app.get('/error', () => {
    throw new CutlineError('JOB_NOT_FOUND');
  });
  const url = `http://127.0.0.1:${await listen(t, createServer(closeApp(app, fakeLog())))}`;
  return {
    url,
    ask: (path: string, method = 'GET', headers: Record<string, string> = {}, body: string | null = null) =>
      fetch(url + path, { method, headers, body }),
  };
}

test('Every answer has the headers that keep browsers from making more of it', async (t) => {
  const { ask } = await serve(t);
  for (const path of ['/echo', '/error', '/nothing']) {
    const { headers } = await ask(path);
    t.is(headers.get('x-content-type-options'), 'nosniff');
    t.is(headers.get('x-frame-options'), 'DENY');
    t.regex(headers.get('content-security-policy')!, /default-src 'none'.*frame-ancestors 'none'/);
    t.is(headers.get('referrer-policy'), 'no-referrer');
    t.is(headers.get('cache-control'), 'no-store');
    t.is(headers.get('x-powered-by'), null);
    t.is(headers.get('server'), null);
    t.is(headers.get('strict-transport-security'), null);
  }
});

const encrypted: readonly (readonly [hops: number, proto: string, hsts: string | null])[] = [
  [1, 'https', 'max-age=31536000'],
  [1, 'http', null],
  [1, 'https, http', null],
  [0, 'https', null],
];
for (const [hops, proto, hsts] of encrypted) {
  test(`Behind ${hops} proxies that say ${proto}, HSTS is ${hsts}`, async (t) => {
    const { ask } = await serve(t, { trustedProxyHops: hops });
    const { headers } = await ask('/echo', 'GET', { 'x-forwarded-proto': proto });
    t.is(headers.get('strict-transport-security'), hsts);
  });
}

test('A request id that is fit is kept', async (t) => {
  const { ask } = await serve(t);
  const answer = await ask('/echo', 'GET', { 'x-request-id': 'shop-4711_a.b' });
  t.is(answer.headers.get('x-request-id'), 'shop-4711_a.b');
  t.is(((await answer.json()) as { id: string }).id, 'shop-4711_a.b');
});

for (const id of [
  '',
  'short',
  'a'.repeat(65),
  'with space here',
  '<script>alert(1)',
  'ümlautümlaut',
  '../../../x',
]) {
  test(`Instead of the request id ${JSON.stringify(id)} one is made`, async (t) => {
    const { ask } = await serve(t);
    const { headers } = await ask('/echo', 'GET', { 'x-request-id': id });
    t.is(headers.get('x-request-id'), 'ab'.repeat(16));
  });
}

for (const path of ['/echo', '/error', '/nothing']) {
  test(`A page of an allowed origin may read the answer of ${path}, and its headers`, async (t) => {
    const { ask } = await serve(t);
    const { headers } = await ask(path, 'GET', { origin: SHOP });
    t.is(headers.get('access-control-allow-origin'), SHOP);
    t.is(headers.get('access-control-allow-credentials'), null);
    t.regex(headers.get('access-control-expose-headers')!, /\bX-Request-Id\b/);
    t.is(headers.get('vary'), 'Origin');
  });
}

test('A page may also read why its request was unreadable', async (t) => {
  const { ask } = await serve(t);
  const json = { origin: SHOP, 'content-type': 'application/json' };
  const answer = await ask('/echo', 'POST', json, '{"broken');
  t.is(answer.status, 400);
  t.is(answer.headers.get('access-control-allow-origin'), SHOP);
});

const strangers = [
  'https://evil.example',
  'https://shop.example.evil.example',
  'https://evilshop.example',
  'http://shop.example',
  'https://shop.example:8443',
  'https://SHOP.example',
  'https://shop.example/',
  'null',
  '*',
];
for (const origin of strangers) {
  test(`A page of ${origin} may read nothing, send nothing, and is promised nothing`, async (t) => {
    const { ask } = await serve(t);
    const read = await ask('/echo', 'GET', { origin });
    t.is(read.status, 200);
    t.is(read.headers.get('access-control-allow-origin'), null);
    t.is(read.headers.get('vary'), 'Origin');
    const sent = await ask(
      '/echo',
      'POST',
      { origin, 'content-type': 'multipart/form-data; boundary=x' },
      'x',
    );
    t.is(sent.status, 403);
    t.is(((await sent.json()) as { error_code: string }).error_code, 'ORIGIN_NOT_ALLOWED');
    const asked = await ask('/echo', 'OPTIONS', { origin, 'access-control-request-method': 'POST' });
    t.is(asked.status, 204);
    t.is(asked.headers.get('access-control-allow-origin'), null);
    t.is(asked.headers.get('access-control-allow-methods'), null);
  });
}

test('The service’s own pages and callers that are no page may send', async (t) => {
  const { ask, url } = await serve(t);
  t.is((await ask('/echo', 'POST', { origin: url })).status, 200);
  t.is((await ask('/echo', 'POST')).status, 200);
  t.is((await ask('/echo', 'DELETE', { origin: SHOP })).status, 200);
});

test('A preflight is answered before all else, and allows what pages need', async (t) => {
  const { ask } = await serve(t);
  const answer = await ask('/anywhere', 'OPTIONS', {
    origin: 'http://localhost:3000',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type,x-api-key,X-Goog-Meta-Cutline-Scale, x-evil',
  });
  t.is(answer.status, 204);
  t.is(await answer.text(), '');
  const { headers } = answer;
  t.is(headers.get('access-control-allow-origin'), 'http://localhost:3000');
  t.regex(headers.get('access-control-allow-methods')!, /\bPUT\b/);
  t.is(headers.get('access-control-max-age'), '7200');
  t.is(headers.get('vary'), 'Origin, Access-Control-Request-Headers');
  const names = headers.get('access-control-allow-headers')!.split(', ');
  t.true(
    ['authorization', 'content-type', 'x-job-token', 'x-goog-meta-cutline-scale'].every((n) =>
      names.includes(n),
    ),
  );
  t.false(names.includes('x-api-key') || names.includes('x-evil'));
});

test('OPTIONS that is no preflight goes on', async (t) => {
  const { ask } = await serve(t);
  const answer = await ask('/echo', 'OPTIONS', { origin: SHOP });
  t.is(((await answer.json()) as { method: string }).method, 'OPTIONS');
});

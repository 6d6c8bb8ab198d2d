import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { closeApp, openApp } from '../../../shared/serve-push.ts';
import { apiFacts } from '../../../shared/testing/api-facts.ts';
import { silentLog } from '../../../shared/testing/chain-rig.ts';
import { listen } from '../../../shared/testing/push-server.ts';
import { secure } from '../../../shared/transport/security.ts';
import { openApiDocument } from '../openapi.ts';
import { docsRouter } from './docs.ts';

const document = openApiDocument(apiFacts);

async function serve(t: ExecutionContext) {
  const random = (count: number) => new Uint8Array(count);
  const app = openApp(secure({ allowedOrigins: [], trustedProxyHops: 0, random }));
  app.use(docsRouter({ document }));
  const port = await listen(t, createServer(closeApp(app, silentLog)));
  return (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

test('The document is served as it is, and not again to whoever has it', async (t) => {
  const ask = await serve(t);
  const answer = await ask('/openapi.json');
  t.is(answer.headers.get('content-type'), 'application/json; charset=utf-8');
  t.is(answer.headers.get('cache-control'), 'public, max-age=300');
  t.deepEqual(await answer.json(), JSON.parse(JSON.stringify(document)));
  const etag = answer.headers.get('etag')!;
  const again = await ask('/openapi.json', { headers: { 'if-none-match': etag } });
  t.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', etag]);
  const head = await ask('/openapi.json', { method: 'HEAD' });
  t.is(Number(head.headers.get('content-length')), JSON.stringify(document).length + moreBytes(document));
  t.is(await head.text(), '');
});

/** Of characters beyond ASCII. */
function moreBytes(value: unknown): number {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) - text.length;
}

test('The page has a style that its policy knows, no script, and nothing from elsewhere', async (t) => {
  const ask = await serve(t);
  const answer = await ask('/docs');
  const page = await answer.text();
  const [, style] = /<style>(.*?)<\/style>/s.exec(page)!;
  const hash = createHash('sha256').update(style!).digest('base64');
  t.is(
    answer.headers.get('content-security-policy'),
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  t.is(answer.headers.get('x-content-type-options'), 'nosniff');
  t.false(/<script|<link|<img|<iframe|\bon\w+=| style=|url\(|@import/i.test(page));
  const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link!);
  t.deepEqual([...new Set(links.filter((link) => !link.startsWith('#')))], ['openapi.json']);
  const again = await ask('/docs', { headers: { 'if-none-match': answer.headers.get('etag')! } });
  t.is(again.status, 304);
});

test('The page tells of every operation, schema and error once, and its links lead there', async (t) => {
  const page = await (await (await serve(t))('/docs')).text();
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
  t.is(new Set(ids).size, ids.length);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) t.true(ids.includes(target!), target);
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  for (const { operationId } of operations) t.true(ids.includes(operationId), operationId);
  for (const name of Object.keys(document.components.schemas)) t.true(ids.includes(name), name);
  for (const name of Object.keys(document.components.examples)) t.true(ids.includes(name), name);
  t.false(/undefined|\[object|NaN/.test(page));
});

// Shopify's app proxy over real connections: what a shop's page gets, and who gets nothing.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { closeApp, openApp } from '../../../shared/serve-push.ts';
import type { Tier } from '../../../shared/tenant.ts';
import { createRig, NOON } from '../../../shared/testing/create-rig.ts';
import { fakeLog } from '../../../shared/testing/fake-log.ts';
import { listen } from '../../../shared/testing/push-server.ts';
import { createRateLimits } from '../../../shared/transport/rate-limit.ts';
import { openCounters } from '../../../shared/transport/rate-limit-counters.ts';
import { createAccess } from '../access.ts';
import { createShopifyProxy } from '../shopify-proxy.ts';
import { createShopifyVisitors } from '../shopify-visitors.ts';
import { shopifyRouter } from './shopify.ts';

const SHOP = 'my-shop.myshopify.com';
const SECRET = 'shpss_the-secret-of-the-app';
const PAGE = 'https://shop.example';

interface Setup {
  readonly tier?: Tier;
  readonly dailyPhotos?: number;
  readonly perMinute?: number;
}

async function serve(t: ExecutionContext, { tier = 'free', dailyPhotos, perMinute = 30 }: Setup = {}) {
  const rig = createRig();
  const now = () => rig.now;
  let count = 0;
  const random = (bytes: number) => Buffer.from((++count).toString(16).padStart(2 * bytes, '0'), 'hex');
  const tenants = new Map([['shop', { keys: [], tier, dailyPhotos, origins: [PAGE] }]]);
  const tokenSecret = 'a secret of more than thirty-two letters';
  const access = createAccess({ tenants, tokenSecret, operatorKeys: [], anonymous: false, now, random });
  const counters = await openCounters({ log: fakeLog() });
  const limits = createRateLimits({ counters, perMinute, perSecond: 100, tenants, now });
  const shops = new Map([[SHOP, { tenant: 'shop', options: { scale: 1 } as const }]]);
  const log = fakeLog();
  const app = openApp();
  app.use(
    shopifyRouter({
      proxy: createShopifyProxy({ secrets: [SECRET], shops, tenants, now }),
      visitors: createShopifyVisitors({ secret: tokenSecret, random }),
      access,
      limits,
      create: rig.ports,
      now,
    }),
  );
  const base = `http://127.0.0.1:${await listen(t, createServer(closeApp(app, log)))}`;
  /** As Shopify sends on what a page asks at /apps/cutline. */
  async function ask(path: string, body: unknown, given: Readonly<Record<string, string>> = {}) {
    const query = {
      path_prefix: '/apps/cutline',
      shop: SHOP,
      logged_in_customer_id: '',
      timestamp: String(NOON / 1000),
      ...given,
    };
    const signed = Object.entries(query).map((pair) => pair.join('='));
    const signature = createHmac('sha256', SECRET).update(signed.toSorted().join('')).digest('hex');
    return await send(`${path}?${new URLSearchParams({ ...query, signature })}`, body);
  }
  async function send(path: string, body: unknown, method = 'POST') {
    const init = { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(base + path, method === 'GET' ? { method } : init);
    const document = (await answer.json()) as Readonly<Record<string, string>>;
    return { status: answer.status, headers: answer.headers, body: document };
  }
  return { ask, send, rig, access, log };
}

const photo = { content_type: 'image/jpeg' };

test('A page gets an upload URL, the job’s token and the key for its line items', async (t) => {
  const { ask, rig, access } = await serve(t);
  const options = { scale: 4, effects: ['sketch'] };
  const { status, body } = await ask('/shopify/uploads', { ...photo, options, reference: 'Bello 🐶' });
  t.is(status, 201);
  const job = body.job!;
  t.regex(job, /^[0-9a-f]{32}$/);
  t.like(body, {
    status: 'queued',
    token: access.jobToken(job),
    files_key: access.filesKey(job),
    check_url: `/jobs/${job}`,
    events_url: `/jobs/${job}/events`,
    upload_url: `https://upload/uploads/shop/${job}.jpg`,
    method: 'PUT',
    expires: '2026-11-20T12:15:00.000Z',
  });
  t.true(access.opensFiles(job, body.files_key));
  // What the shop has fixed wins over what its page asks for.
  t.like(rig.signed[0]!.terms.metadata, { 'cutline-scale': '1', 'cutline-effects': 'sketch' });
  t.like(await rig.asked.find(job), { tenant: 'shop', reference: 'Bello 🐶' });
});

test('A page gets a token for the browser, bound to it and to what the shop has fixed', async (t) => {
  const { ask, access } = await serve(t);
  const { status, body } = await ask('/shopify/tokens', { origin: PAGE });
  t.is(status, 201);
  t.like(body, { origin: PAGE, expires: '2026-11-20T12:15:00.000Z' });
  t.like(access.readToken(body.token!, PAGE), { tenant: 'shop', origin: PAGE, options: { scale: 1 } });
  t.is((await ask('/shopify/tokens', undefined)).body.origin, PAGE);
  const evil = await ask('/shopify/tokens', { origin: 'https://evil.example' });
  t.deepEqual([evil.status, evil.body.error_code], [403, 'ORIGIN_NOT_ALLOWED']);
});

test('What Shopify has not signed, long ago, or for another shop, gets nothing and leaves nothing', async (t) => {
  const { ask, send, rig } = await serve(t);
  const cases: readonly (readonly [
    what: string,
    answer: ReturnType<typeof ask>,
    status: number,
    code: string,
  ])[] = [
    ['no query', send('/shopify/uploads', photo), 401, 'SIGNATURE_INVALID'],
    ['no signature', send(`/shopify/uploads?shop=${SHOP}`, photo), 401, 'SIGNATURE_INVALID'],
    [
      '91 seconds',
      ask('/shopify/uploads', photo, { timestamp: String(NOON / 1000 - 91) }),
      401,
      'SIGNATURE_INVALID',
    ],
    [
      'another shop',
      ask('/shopify/uploads', photo, { shop: 'other.myshopify.com' }),
      403,
      'SHOP_NOT_ALLOWED',
    ],
    [
      'a token',
      send(`/shopify/tokens?shop=${SHOP}&signature=${'0'.repeat(64)}`, {}),
      401,
      'SIGNATURE_INVALID',
    ],
  ];
  for (const [what, answer, status, code] of cases) {
    const { status: received, body } = await answer;
    t.deepEqual([received, body.error_code], [status, code], what);
    t.deepEqual(Object.keys(body), ['error_code', 'detail'], 'nothing of why');
  }
  t.deepEqual([rig.signed, await rig.store.names('results')], [[], []]);
});

test('What the page asks is checked as anywhere', async (t) => {
  const { ask, send } = await serve(t);
  const cases: readonly (readonly [body: unknown, code: string])[] = [
    [{}, 'REQUEST_INVALID'],
    [[], 'REQUEST_INVALID'],
    [{ ...photo, tenant: 'other' }, 'REQUEST_INVALID'],
    [{ content_type: 'text/html' }, 'INVALID_FORMAT'],
    [{ ...photo, options: { blur: 1 } }, 'OPTIONS_INVALID'],
  ];
  for (const [body, code] of cases) {
    const { status, body: answer } = await ask('/shopify/uploads', body);
    t.deepEqual([status, answer.error_code], [400, code], JSON.stringify(body));
  }
  t.is((await ask('/shopify/files', {})).status, 404);
  t.is((await send('/shopify/uploads', undefined, 'GET')).status, 404);
});

test('A visitor is counted by the token that the page sends along, a customer by the number', async (t) => {
  const { ask } = await serve(t, { tier: 'basic', perMinute: 2 });
  const first = await ask('/shopify/uploads', photo);
  const visitor = first.body.visitor!;
  t.is(first.headers.get('x-ratelimit-limit'), '100', 'somebody new counts for the shop');
  const statuses = async (given: Readonly<Record<string, string>>) => {
    const answers = [];
    for (let count = 0; count < 3; count++) answers.push(await ask('/shopify/uploads', photo, given));
    return answers.map(({ status, body }) => [status, body.error_code ?? body.visitor]);
  };
  t.deepEqual(await statuses({ visitor }), [
    [201, visitor],
    [201, visitor],
    [429, 'RATE_LIMIT_EXCEEDED'],
  ]);
  const customer = await statuses({ logged_in_customer_id: '7', visitor });
  t.deepEqual(
    customer.map(([status]) => status),
    [201, 201, 429],
  );
  t.is((await ask('/shopify/uploads', photo)).status, 201, 'who is new is not held up by that');
});

test('Made-up visitors are new ones, and all new ones together are held to the shop’s tier', async (t) => {
  const { ask } = await serve(t);
  const visitor = (await ask('/shopify/tokens', {})).body.visitor!;
  const madeUp = [visitor.replace(/\..{5}/, '.AAAAA'), '0'.repeat(16), 'x', ''];
  let last = await ask('/shopify/tokens', {}, { visitor: madeUp[0]! });
  for (let count = 2; count <= 30; count++) {
    t.not(last.body.visitor, visitor);
    last = await ask('/shopify/tokens', {}, { visitor: madeUp[count % 4]! });
  }
  t.is(last.status, 429);
  t.like(last.body, { error_code: 'RATE_LIMIT_EXCEEDED', requests_remaining: 0 });
  t.is(last.headers.get('retry-after'), String(last.body.retry_after_seconds));
  t.is((await ask('/shopify/tokens', {}, { visitor })).status, 201, 'whom we know may go on');
});

test('A photo counts for the tenant’s day, unless nothing comes of it', async (t) => {
  const { ask } = await serve(t, { dailyPhotos: 1 });
  t.is((await ask('/shopify/uploads', { content_type: 'text/html' })).status, 400);
  t.is((await ask('/shopify/uploads', photo)).status, 201);
  const { status, body } = await ask('/shopify/uploads', photo);
  t.deepEqual([status, body.error_code], [429, 'QUOTA_EXCEEDED']);
  t.is((await ask('/shopify/tokens', {})).status, 201);
});

// Who may ask, and how often, over real connections.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import express from 'express';
import { closeApp } from '../../../shared/serve-push.ts';
import { fakeLog } from '../../../shared/testing/fake-log.ts';
import { listen } from '../../../shared/testing/push-server.ts';
import { createRateLimits } from '../../../shared/transport/rate-limit.ts';
import { openCounters } from '../../../shared/transport/rate-limit-counters.ts';
import { createAccess } from '../access.ts';
import { createAdmission } from './admit.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const JOB = '0123456789abcdef0123456789abcdef';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function serve(t: ExecutionContext, { anonymous = true, hops = 1, perMinute = 30 } = {}) {
  const now = () => START;
  const shop = { keys: [sha256('shop-key')], tier: 'basic', dailyPhotos: undefined, origins: [] } as const;
  const tenants = new Map([['shop', shop]]);
  const access = createAccess({
    tenants,
    tokenSecret: 'a secret of more than thirty-two letters',
    operatorKeys: [],
    anonymous,
    now,
    random: (count) => new Uint8Array(count),
  });
  const counters = await openCounters({ log: fakeLog() });
  const limits = createRateLimits({ counters, perMinute, perSecond: 100, tenants, now });
  const admit = createAdmission({ access, limits, trustedProxyHops: hops, now });
  const app = express();
  app.post('/jobs', async (request, response) => {
    response.json(await admit(request, response, 'work'));
  });
  app.get('/jobs/:id', async (request, response) => {
    response.json(await admit(request, response, 'read', request.params.id));
  });
  const url = `http://127.0.0.1:${await listen(t, createServer(closeApp(app, fakeLog())))}`;
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, { method: path === '/jobs' ? 'POST' : 'GET', headers });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
  };
  return { ask, access };
}

interface Body {
  readonly [field: string]: unknown;
}

test('A caller is known by key, or by the address that our proxy has seen', async (t) => {
  const { ask } = await serve(t);
  const forwarded = { 'x-forwarded-for': '1.1.1.1, 203.0.113.7' };
  const anyone = await ask('/jobs', forwarded);
  t.like(anyone.body, { via: 'anonymous', address: '203.0.113.7', id: 'address:203.0.113.7' });
  t.is(anyone.headers.get('x-ratelimit-limit'), '30');
  t.is(anyone.headers.get('x-ratelimit-remaining'), '29');
  const shop = await ask('/jobs', { ...forwarded, authorization: 'Bearer shop-key' });
  t.like(shop.body, { via: 'key', tenant: 'shop', tier: 'basic', address: '203.0.113.7' });
  t.is(shop.headers.get('x-ratelimit-limit'), '100');
});

test('Whatever a caller writes into X-Forwarded-For, it is counted as one', async (t) => {
  const { ask } = await serve(t, { hops: 0, perMinute: 3 });
  const statuses = [];
  for (let asked = 0; asked < 5; asked++)
    statuses.push((await ask('/jobs', { 'x-forwarded-for': `198.51.100.${asked}` })).status);
  t.deepEqual(statuses.filter((status) => status === 200).length, 3);
  t.deepEqual(statuses.at(-1), 429);
});

test('The brief’s document says what was too much, and when to come again', async (t) => {
  const { ask } = await serve(t);
  for (let asked = 0; asked < 30; asked++) await ask('/jobs');
  const { status, headers, body } = await ask('/jobs');
  t.is(status, 429);
  t.like(body, {
    error_code: 'RATE_LIMIT_EXCEEDED',
    detail: 'Rate limit exceeded: 30 requests per minute',
    requests_remaining: 0,
  });
  t.is(headers.get('retry-after'), String(body.retry_after_seconds));
  t.is(headers.get('x-ratelimit-remaining'), '0');
});

test('A key that is wrong is 401 with its scheme, and is tried out no faster than anything else', async (t) => {
  const { ask } = await serve(t, { perMinute: 3 });
  const first = await ask('/jobs', { 'x-api-key': 'guess' });
  t.is(first.status, 401);
  t.is(first.body.error_code, 'UNAUTHORIZED');
  t.is(first.headers.get('www-authenticate'), 'Bearer');
  const next = [];
  for (let guess = 0; guess < 5; guess++) next.push((await ask('/jobs', { 'x-api-key': `${guess}` })).status);
  t.is(next.filter((status) => status === 401).length, 2);
  t.is(next.at(-1), 429);
});

test('A job is asked for with its token, in the address too, where nobody is anonymous', async (t) => {
  const { ask, access } = await serve(t, { anonymous: false });
  const token = access.jobToken(JOB);
  t.is((await ask(`/jobs/${JOB}?token=${token}`)).body.via, 'job');
  t.is((await ask(`/jobs/${JOB}`, { 'x-job-token': token })).body.via, 'job');
  t.is((await ask(`/jobs/${JOB}`, { authorization: 'Bearer shop-key' })).body.via, 'key');
  for (const path of [
    `/jobs/${JOB}`,
    `/jobs/${JOB}?token=`,
    `/jobs/${JOB}?token=a&token=b`,
    '/jobs/x?token[a]=b',
  ]) {
    const { status, body } = await ask(path);
    t.is(status, 404, path);
    t.is(body.error_code, 'JOB_NOT_FOUND');
  }
  t.is((await ask('/jobs', { authorization: `Bearer ${token}` })).status, 401);
});

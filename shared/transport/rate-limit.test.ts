import { mock } from 'node:test';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { CutlineError } from '../errors.ts';
import { fakeLog } from '../testing/fake-log.ts';
import type { Counted, RateLimitOptions, RateLimits } from './rate-limit.ts';
import { createRateLimits, limitRate, rateHeaders } from './rate-limit.ts';
import { openCounters } from './rate-limit-counters.ts';

const START = Date.parse('2026-11-21T23:59:00Z');
const anyone: Counted = { id: 'address:192.0.2.1', via: 'anonymous', tenant: 'anonymous', tier: 'anonymous' };
const key = (tier: Counted['tier']): Counted => ({ id: `key:${tier}`, via: 'key', tenant: 'shop', tier });
const page = (id: string): Counted => ({ id: `token:${id}`, via: 'token', tenant: 'shop', tier: 'free' });

async function limitsIn(t: ExecutionContext, given: Partial<RateLimitOptions> = {}): Promise<RateLimits> {
  mock.timers.enable({ apis: ['Date', 'setTimeout'], now: START });
  t.teardown(() => mock.timers.reset());
  return createRateLimits({
    counters: await openCounters({ log: fakeLog() }),
    perMinute: 30,
    perSecond: 3,
    tenants: new Map([['shop', { dailyPhotos: 10 }]]),
    now: Date.now,
    ...given,
  });
}

/** How many of so many requests are let through. */
async function through(limits: RateLimits, caller: Counted, asked: number, kind: 'work' | 'read' = 'work') {
  let allowed = 0;
  for (let number = 0; number < asked; number++) if ((await limits.take(caller, kind)).allowed) allowed++;
  return allowed;
}

test.serial('Without a key three go through in a second, and three in the next', async (t) => {
  const limits = await limitsIn(t);
  t.is(await through(limits, anyone, 5), 3);
  mock.timers.tick(1000);
  t.is(await through(limits, anyone, 5), 3);
});

test.serial('Without a key thirty go through in a minute, and thirty in the next', async (t) => {
  const limits = await limitsIn(t);
  const inOneMinute = async (): Promise<number> => {
    let sum = 0;
    for (let second = 0; second < 12; second++) {
      sum += await through(limits, anyone, 3);
      mock.timers.tick(1000);
    }
    mock.timers.tick(48_000);
    return sum;
  };
  t.is(await inOneMinute(), 30);
  t.is(await inOneMinute(), 30);
});

for (const [tier, limit] of [
  ['free', 30],
  ['basic', 100],
  ['pro', 1000],
] as const) {
  test.serial(`A ${tier} key has ${limit} a minute, as fast as it likes`, async (t) => {
    const limits = await limitsIn(t);
    t.is(await through(limits, key(tier), limit + 5), limit);
    mock.timers.tick(60_000);
    t.is(await through(limits, key(tier), 5), 5);
  });
}

test.serial('Callers are counted apart, and reading apart from working', async (t) => {
  const limits = await limitsIn(t);
  t.is(await through(limits, anyone, 5), 3);
  t.is(await through(limits, { ...anyone, id: 'address:192.0.2.2' }, 5), 3);
  t.is(await through(limits, { ...anyone, via: 'job' }, 5, 'read'), 5);
  t.is(await through(limits, anyone, 40, 'read'), 25);
});

test.serial('A page has what one without a key has; all of a shop’s together what its key has', async (t) => {
  const limits = await limitsIn(t);
  t.is(await through(limits, page('a'), 5), 3);
  let all = 3;
  for (let shopper = 0; shopper < 20; shopper++) all += await through(limits, page(`b${shopper}`), 3);
  t.is(all, 30);
  t.is(await through(limits, key('free'), 5), 5);
});

test.serial('What the second refuses does not count for the minute', async (t) => {
  const limits = await limitsIn(t);
  await through(limits, anyone, 100);
  mock.timers.tick(1000);
  t.like(await limits.take(anyone, 'work'), { limit: 30, per: 'minute', remaining: 26, allowed: true });
});

test.serial('An answer says what is left, and when there is more', async (t) => {
  const limits = await limitsIn(t);
  t.deepEqual(rateHeaders(await limits.take(anyone, 'work'), Date.now()), {
    'X-RateLimit-Limit': '30',
    'X-RateLimit-Remaining': '29',
    'X-RateLimit-Reset': String(START / 1000 + 60),
  });
  await through(limits, anyone, 2);
  mock.timers.tick(300);
  t.deepEqual(rateHeaders(await limits.take(anyone, 'work'), Date.now()), {
    'X-RateLimit-Limit': '3',
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': String(START / 1000 + 1),
    'Retry-After': '1',
  });
});

test.serial('What is too much is the brief’s document, and the headers are set', async (t) => {
  const limits = await limitsIn(t, { perSecond: 1000 });
  await through(limits, anyone, 30);
  mock.timers.tick(15_000);
  const sent: Record<string, string> = {};
  const response = { set: (headers: Record<string, string>) => Object.assign(sent, headers) };
  const error = await t.throwsAsync<CutlineError>(
    limitRate(limits, anyone, 'work', response as never, Date.now()),
  );
  t.is(error.code, 'RATE_LIMIT_EXCEEDED');
  t.is(error.detail, 'Rate limit exceeded: 30 requests per minute');
  t.is(error.status, 429);
  t.like(error.fields, {
    retry_after_seconds: 45,
    requests_remaining: 0,
    limit_reset_at: '2026-11-22T00:00:00Z',
  });
  t.is(sent['Retry-After'], '45');
});

test.serial('A tenant’s photos of a day are counted; what does not fit is not taken at all', async (t) => {
  const limits = await limitsIn(t);
  await limits.takePhotos('shop', 8);
  const error = await t.throwsAsync<CutlineError>(limits.takePhotos('shop', 3));
  t.is(error.code, 'QUOTA_EXCEEDED');
  t.is(error.detail, 'Daily limit reached: 10 photos per day');
  t.like(error.fields, { limit: 10, retry_after_seconds: 60, limit_reset_at: '2026-11-22T00:00:00Z' });
  await limits.takePhotos('shop', 2);
  await t.throwsAsync(limits.takePhotos('shop', 1));
  t.is(await limits.photosLeft('shop'), 0);
  await limits.givePhotosBack('shop', 1);
  t.is(await limits.photosLeft('shop'), 1);
  await limits.takePhotos('shop', 1);
});

test.serial('At midnight, UTC, a tenant’s day begins anew', async (t) => {
  const limits = await limitsIn(t);
  await limits.takePhotos('shop', 10);
  mock.timers.tick(59_999);
  await t.throwsAsync(limits.takePhotos('shop', 1));
  mock.timers.tick(1);
  await t.notThrowsAsync(limits.takePhotos('shop', 10));
});

test.serial('Without a cap photos are not counted', async (t) => {
  const limits = await limitsIn(t);
  await t.notThrowsAsync(limits.takePhotos('other', 1_000_000));
  await t.notThrowsAsync(limits.givePhotosBack('other', 1));
  t.is(await limits.photosLeft('other'), undefined);
});

// The same counters in the process and in a real Redis, which is killed, hangs and comes back.
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { FakeLog } from '../testing/fake-log.ts';
import { fakeLog } from '../testing/fake-log.ts';
import type { RedisServer } from '../testing/redis-server.ts';
import { findRedis, noRedis, startRedis } from '../testing/redis-server.ts';
import { until } from '../testing/until.ts';
import type { Counters } from './rate-limit-counters.ts';
import { openCounters } from './rate-limit-counters.ts';

const program = findRedis();
const withRedis = program ? test : test.skip;
const titled = (title: string): string => (program ? title : `${title} (${noRedis})`);
const minute = { limit: 3, seconds: 60 };
const LOST = 'Redis does not answer: each instance counts requests for itself';
const BACK = 'Redis answers again: requests are counted for all instances';
/** Of a machine that is slow each time. */
const MOST_LOOKS = 10;

async function counters(t: ExecutionContext, redis?: RedisServer): Promise<[Counters, FakeLog]> {
  const log = fakeLog();
  const opened = await openCounters({ redisUrl: redis?.url, log });
  t.teardown(() => opened.close());
  return [opened, log];
}

const messages = ({ lines }: FakeLog): string[] => lines.map(({ message }) => message);

async function countsAsItShould(t: ExecutionContext, one: Counters): Promise<void> {
  const first = await one.count('a', minute);
  t.like(first, { allowed: true, remaining: 2 });
  t.true(first.resetMs > 0 && first.resetMs <= 60_000);
  t.like(await one.count('a', minute, 2), { allowed: true, remaining: 0 });
  t.like(await one.count('a', minute), { allowed: false, remaining: 0 });
  t.like(await one.count('b', minute), { allowed: true, remaining: 2 });
  await one.giveBack('a', minute, 2);
  t.like(await one.count('a', minute), { allowed: true, remaining: 0 });
  const day = await one.count('c', { limit: 3, seconds: 86_400 });
  t.true(day.resetMs > 86_000_000 && day.resetMs <= 86_400_000);
}

test('In the process it is counted by key and window, and may be given back', async (t) => {
  const [one] = await counters(t);
  await countsAsItShould(t, one);
  t.false(one.shared);
});

test('Without Redis each instance counts for itself', async (t) => {
  const [[one], [two]] = await Promise.all([counters(t), counters(t)]);
  await one.count('a', minute, 3);
  t.true((await two.count('a', minute)).allowed);
});

/**
 * Redis is given up when it has not answered for 0.3 s, which a machine that stands still for so long looks like: what was
 * seen meanwhile is nothing to go by, and is looked at anew.
 */
function whereRedisIsQuick(
  title: string,
  body: (t: ExecutionContext, open: (redis: RedisServer) => ReturnType<typeof counters>) => Promise<void>,
): void {
  withRedis(titled(title), async (t) => {
    for (let looks = 1; ; looks++) {
      const logs: FakeLog[] = [];
      const open = async (redis: RedisServer): ReturnType<typeof counters> => {
        const opened = await counters(t, redis);
        logs.push(opened[1]);
        return opened;
      };
      const look = await t.try((attempt) => body(attempt, open));
      const errors = logs.flatMap(({ lines }) => lines.map(({ fields }) => String(fields.error)));
      if (look.passed || looks === MOST_LOOKS || !errors.some((error) => /answer within/.test(error)))
        return look.commit();
      look.discard();
    }
  });
}

whereRedisIsQuick('In Redis it is counted the same, for all instances', async (t, open) => {
  const redis = await startRedis(t, program!);
  const [[one, log], [two]] = await Promise.all([open(redis), open(redis)]);
  await until('Redis to count for both', () => one.shared && two.shared);
  await countsAsItShould(t, one);
  t.false((await two.count('a', minute)).allowed);
  const all = await Promise.all([...Array(20).keys()].map((n) => [one, two][n % 2]!.count('d', minute)));
  t.is(all.filter(({ allowed }) => allowed).length, 3);
  t.deepEqual(messages(log), []);
});

whereRedisIsQuick(
  'When Redis dies each instance counts on for itself, says so once, and returns to it',
  async (t, open) => {
    const redis = await startRedis(t, program!);
    const [one, log] = await open(redis);
    await until('Redis to count', () => one.shared);
    await one.count('a', minute, 3);
    await redis.kill();
    const meanwhile = [];
    for (let asked = 0; asked < 5; asked++) meanwhile.push((await one.count('a', minute)).allowed);
    t.deepEqual(meanwhile, [true, true, true, false, false]);
    t.deepEqual(messages(log), [LOST]);
    t.notRegex(JSON.stringify(log.lines.map(({ fields }) => String(fields.error))), /hush-redis/);
    await redis.start();
    await until('Redis to count again', () => one.shared);
    t.true((await one.count('a', minute, 3)).allowed);
    t.deepEqual(messages(log), [LOST, BACK]);
  },
);

withRedis(titled('When Redis hangs nobody waits for it long, and it is used again later'), async (t) => {
  const redis = await startRedis(t, program!);
  const [one, log] = await counters(t, redis);
  await until('Redis to count', () => one.shared);
  redis.freeze();
  t.true((await one.count('a', minute)).allowed);
  t.false(one.shared);
  t.true((await one.count('a', minute)).allowed);
  t.deepEqual(messages(log), [LOST]);
  redis.thaw();
  await until('Redis to count again', async () => one.shared && (await one.count('b', minute)).allowed);
  t.deepEqual(messages(log), [LOST, BACK]);
});

withRedis(titled('Where there is no Redis from the start, requests are served all the same'), async (t) => {
  const redis = await startRedis(t, program!);
  await redis.kill();
  const [one, log] = await counters(t, redis);
  t.true((await one.count('a', minute)).allowed);
  await until('a word on Redis', () => messages(log).length);
  t.deepEqual(messages(log), [LOST]);
});

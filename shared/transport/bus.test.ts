import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Subscription } from '../subscriptions.ts';
import { subscriptions } from '../subscriptions.ts';
import type { FakeLog } from '../testing/fake-log.ts';
import { fakeLog } from '../testing/fake-log.ts';
import type { Inbox } from '../testing/publisher-contract.ts';
import { CONTRACT_DELIVERIES, createInbox, publisherContract } from '../testing/publisher-contract.ts';
import type { Bus, BusOptions } from './bus.ts';
import { createBus } from './bus.ts';

publisherContract(test, async (t, { inboxes }) => {
  const bus = await openBus(t, {
    subscriptions: inboxes.map(([subscription]) => subscription),
    maxAttempts: CONTRACT_DELIVERIES,
    ackDeadlineMs: 100,
    backoff: { minMs: 1, maxMs: 5 },
  });
  bus.start((subscription) => inboxes.find(([{ name }]) => name === subscription.name)![1].handler);
  return bus;
});

test('What is published before the start is delivered after it, the oldest first', async (t) => {
  const bus = await openBus(t, { concurrency: 1 });
  for (const n of [1, 2, 3]) await bus.publish('upscale', n);
  const deliveries = await startOne(bus, createInbox(), 3);
  t.deepEqual(
    deliveries.map(({ data }) => data),
    [1, 2, 3],
  );
});

test('Deliveries of a message are counted, whether or not it has a dead letter', async (t) => {
  const bus = await openBus(t, {});
  const inbox = createInbox((number) => ({ status: number < 3 ? 503 : 200 }));
  await bus.publish('completed', 1);
  const deliveries = await startOne(bus, inbox, 3);
  t.deepEqual(
    deliveries.map(({ attempt }) => attempt),
    [1, 2, 3],
  );
});

test('A message is a file until it is acknowledged', async (t) => {
  const folder = await temporaryFolder(t);
  const answer = Promise.withResolvers<{ status: number }>();
  const bus = await openBus(t, { folder });
  const inbox = createInbox(() => answer.promise);
  await bus.publish('upscale', 1);
  const { messageId } = await startOne(bus, inbox).then(([delivery]) => delivery!);
  t.deepEqual(await filesOf(folder), [`000000001-${messageId}-1.json`]);
  answer.resolve({ status: 200 });
  t.is(await bus.stop(1000), 0);
  t.deepEqual(await filesOf(folder), []);
});

test('The waits grow, and are shortened by chance', async (t) => {
  const waits: number[] = [];
  const chances = [0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.9];
  const bus = await openBus(t, {
    backoff: { minMs: 250, maxMs: 60_000 },
    random: () => chances.shift() ?? 0,
    schedule(ms, run) {
      if (ms === DEADLINE) return () => {};
      waits.push(ms);
      const timer = setImmediate(run);
      return () => clearImmediate(timer);
    },
  });
  const inbox = createInbox((number) => ({ status: number <= 10 ? 500 : 200 }));
  await bus.publish('upscale', 1);
  startOne(bus, inbox);
  await inbox.first(11);
  t.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 52_500, 46_500]);
});

test('No more handlers run at once than wanted, of each subscription', async (t) => {
  const bus = await openBus(t, { concurrency: 2 });
  const answers = Array.from({ length: 5 }, () => Promise.withResolvers<{ status: number }>());
  const inbox = createInbox((number) => answers[number - 1]!.promise);
  for (const n of [1, 2, 3, 4, 5]) await bus.publish('upscale', n);
  await startOne(bus, inbox, 2);
  t.is(inbox.received.length, 2);
  answers[1]!.resolve({ status: 200 });
  await inbox.first(3);
  t.deepEqual(
    inbox.received.map(({ data }) => data),
    [1, 2, 3],
  );
  for (const { resolve } of answers) resolve({ status: 200 });
  await inbox.first(5);
});

test('Stopping waits for what runs, begins nothing, and leaves the rest for the next bus', async (t) => {
  const folder = await temporaryFolder(t);
  const bus = await openBus(t, { folder, concurrency: 1 });
  const answer = Promise.withResolvers<{ status: number }>();
  const inbox = createInbox(() => answer.promise);
  await bus.publish('upscale', 1);
  await bus.publish('upscale', 2);
  await startOne(bus, inbox);
  const stopped = bus.stop(10_000);
  await bus.publish('upscale', 3);
  answer.resolve({ status: 200 });
  t.is(await stopped, 0);
  t.is(inbox.received.length, 1);
  const next = await openBus(t, { folder, concurrency: 1 });
  await next.publish('upscale', 4);
  const rest = await startOne(next, createInbox(), 3);
  t.deepEqual(
    rest.map(({ data, attempt }) => [data, attempt]),
    [
      [2, 1],
      [3, 1],
      [4, 1],
    ],
  );
});

test('Stopping says how many handlers are left behind at its limit, and their message comes again', async (t) => {
  const folder = await temporaryFolder(t);
  const bus = await openBus(t, { folder });
  const inbox = createInbox(() => new Promise(() => {}));
  await bus.publish('upscale', 'stuck');
  const [left] = await startOne(bus, inbox);
  t.is(await bus.stop(20), 1);
  const [again] = await startOne(await openBus(t, { folder }), createInbox());
  t.deepEqual([again!.messageId, again!.attempt], [left!.messageId, 2]);
});

test('A message whose deliveries are spent goes to the dead letters without another one', async (t) => {
  const folder = await temporaryFolder(t);
  const bus = await openBus(t, { folder, maxAttempts: 2 });
  await bus.publish('upscale', { job: 'j' });
  for (const attempt of [1, 2]) {
    // Each time the process ends while the handler works.
    const inbox = createInbox(() => new Promise(() => {}));
    const next = await openBus(t, { folder, maxAttempts: 2 });
    t.is((await startOne(next, inbox))[0]!.attempt, attempt);
    await next.stop(0);
  }
  const [refused, dead] = [createInbox(), createInbox()];
  const last = await openBus(t, { folder, maxAttempts: 2 });
  last.start(({ name }) => (name === 'dead-letter' ? dead : refused).handler);
  t.deepEqual((await dead.first(1))[0]!.data, { job: 'j' });
  t.is(refused.received.length, 0);
  await last.stop(1000);
  t.deepEqual(await filesOf(folder), []);
});

test('A message that may be tried for a day is dropped after it; one that a job hangs on never is', async (t) => {
  const DAY = 86_400_000;
  let now = Date.UTC(2026, 0, 1);
  const folder = await temporaryFolder(t);
  const log = fakeLog();
  const early = await openBus(t, { folder, now: () => now });
  await early.publish('completed', 'old');
  await early.publish('upscale', 'old');
  now += DAY + 1;
  const late = await openBus(t, { folder, now: () => now, log });
  await late.publish('completed', 'new');
  const [webhooks, stage] = [createInbox(), createInbox()];
  late.start(({ name }) => (name === 'upscale' ? stage : webhooks).handler);
  t.is((await webhooks.first(1))[0]!.data, 'new');
  t.is((await stage.first(1))[0]!.data, 'old');
  await late.stop(1000);
  t.deepEqual(await filesOf(folder, 'completed'), []);
  t.deepEqual(messages(log, 'warning'), ['Dropped a message that was too old']);
});

test('Damaged files are moved aside and logged; unfinished ones go; others are left alone', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await openBus(t, { folder });
  await first.publish('upscale', 'whole');
  const [whole] = await filesOf(folder);
  const here = join(folder, 'bus', 'upscale');
  const damaged = whole!.replace(/^0{8}1/, '000000007');
  await writeFile(join(here, damaged), '{"messageId":');
  await writeFile(join(here, 'notes.json'), '{}');
  await writeFile(join(here, '.DS_Store'), '');
  await writeFile(join(here, `.unfinished-${whole}`), '{');
  const log = fakeLog();
  const bus = await openBus(t, { folder, log, concurrency: 1 });
  await bus.publish('upscale', 'later');
  const deliveries = await startOne(bus, createInbox(), 2);
  t.deepEqual(
    deliveries.map(({ data }) => data),
    ['whole', 'later'],
  );
  await bus.stop(1000);
  t.deepEqual(await filesOf(folder), ['.DS_Store']);
  t.deepEqual(
    (await readdir(join(folder, 'bus', 'damaged'))).sort(),
    [`upscale-${damaged}`, 'upscale-notes.json'].sort(),
  );
  t.deepEqual(messages(log, 'error'), Array(2).fill('A message is damaged and was moved aside'));
});

test('Messages of a folder that somebody cleared are forgotten', async (t) => {
  const folder = await temporaryFolder(t);
  const bus = await openBus(t, { folder });
  await bus.publish('upscale', 'cleared');
  for (const file of await filesOf(folder)) await rm(join(folder, 'bus', 'upscale', file));
  await bus.publish('upscale', 'there');
  t.is((await startOne(bus, createInbox()))[0]!.data, 'there');
});

test('Where nothing can be written publishing is PUBLISH_FAILED', async (t) => {
  const folder = await temporaryFolder(t);
  const bus = await openBus(t, { folder });
  await rm(join(folder, 'bus'), { recursive: true });
  await t.throwsAsync(bus.publish('upscale', 1), { code: 'PUBLISH_FAILED' });
});

test('What a handler does to its delivery changes nothing for the next one', async (t) => {
  const bus = await openBus(t, {});
  const inbox = createInbox((number, { data }) => {
    (data as { n: number }).n = 100;
    return { status: number === 1 ? 500 : 200 };
  });
  const data = { n: 1 };
  await bus.publish('upscale', data);
  data.n = 50;
  const seen: unknown[] = [];
  bus.start(() => async (delivery) => {
    seen.push(structuredClone(delivery.data));
    return await inbox.handler(delivery);
  });
  await inbox.first(2);
  t.deepEqual(seen, [{ n: 1 }, { n: 1 }]);
});

test('A handler that throws is logged with the error, one that is busy is not', async (t) => {
  const log = fakeLog();
  const bus = await openBus(t, { log });
  const inbox = createInbox((number) => {
    if (number === 1) throw new Error('Thrown by the test');
    return { status: number === 2 ? 503 : 200 };
  });
  await bus.publish('upscale', 1);
  const [first] = await startOne(bus, inbox, 3);
  const worse = log.lines.filter(({ level }) => level !== 'debug');
  t.is(worse.length, 1);
  const { error, ...fields } = worse[0]!.fields;
  t.deepEqual(fields, { subscription: 'upscale', message_id: first!.messageId, attempt: 1 });
  t.is((error as Error).message, 'Thrown by the test');
});

const DEADLINE = 600_000;

async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-bus-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

async function openBus(t: ExecutionContext, options: Partial<BusOptions>): Promise<Bus> {
  const bus = await createBus({
    folder: options.folder ?? (await temporaryFolder(t)),
    subscriptions,
    log: fakeLog(),
    now: Date.now,
    random: () => 0,
    backoff: { minMs: 1, maxMs: 5 },
    ...options,
  });
  t.teardown(() => bus.stop(0));
  return bus;
}

/** One inbox for all; resolves with the first deliveries. */
async function startOne(bus: Bus, inbox: Inbox, count = 1) {
  bus.start((_: Subscription) => inbox.handler);
  return await inbox.first(count);
}

async function filesOf(folder: string, subscription = 'upscale'): Promise<string[]> {
  return (await readdir(join(folder, 'bus', subscription))).sort();
}

function messages(log: FakeLog, level: string): string[] {
  return log.lines.filter((line) => line.level === level).map(({ message }) => message);
}

import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { busFolder, filesOf, openBus, startOne } from '../testing/bus-rig.ts';
import type { FakeLog } from '../testing/fake-log.ts';
import { fakeLog } from '../testing/fake-log.ts';
import { createInbox } from '../testing/publisher-contract.ts';

test('Stopping says how many handlers are left behind at its limit, and their message comes again', async (t) => {
  const folder = await busFolder(t);
  const bus = await openBus(t, { folder });
  const inbox = createInbox(() => new Promise(() => {}));
  await bus.publish('upscale', 'stuck');
  const [left] = await startOne(bus, inbox);
  t.is(await bus.stop(20), 1);
  const [again] = await startOne(await openBus(t, { folder }), createInbox());
  t.deepEqual([again!.messageId, again!.attempt], [left!.messageId, 2]);
});

test('A message whose deliveries are spent goes to the dead letters without another one', async (t) => {
  const folder = await busFolder(t);
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
  const folder = await busFolder(t);
  const log = fakeLog();
  const early = await openBus(t, { folder, now: () => now });
  await early.publish('completed', 'old');
  await early.publish('upscale', 'old');
  now += 8 * DAY;
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
  const folder = await busFolder(t);
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
  const folder = await busFolder(t);
  const bus = await openBus(t, { folder });
  await bus.publish('upscale', 'cleared');
  for (const file of await filesOf(folder)) await rm(join(folder, 'bus', 'upscale', file));
  await bus.publish('upscale', 'there');
  t.is((await startOne(bus, createInbox()))[0]!.data, 'there');
});

test('Where nothing can be written publishing is PUBLISH_FAILED', async (t) => {
  const folder = await busFolder(t);
  const bus = await openBus(t, { folder });
  await rm(join(folder, 'bus'), { recursive: true });
  await writeFile(join(folder, 'bus'), 'in the way');
  await t.throwsAsync(bus.publish('upscale', 1), { code: 'PUBLISH_FAILED' });
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

function messages(log: FakeLog, level: string): string[] {
  return log.lines.filter((line) => line.level === level).map(({ message }) => message);
}

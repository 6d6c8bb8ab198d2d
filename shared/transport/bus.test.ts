import test from 'ava';
import { busFolder, filesOf, openBus, startOne } from '../testing/bus-rig.ts';
import { CONTRACT_DELIVERIES, createInbox, publisherContract } from '../testing/publisher-contract.ts';

publisherContract(test, async (t, { inboxes }) => {
  const bus = await openBus(t, {
    subscriptions: inboxes.map(([subscription]) => subscription),
    maxAttempts: CONTRACT_DELIVERIES,
    // A disk may take its time for what is published meanwhile.
    ackDeadlineMs: 3000,
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
  const bus = await openBus(t);
  const inbox = createInbox((number) => ({ status: number < 3 ? 503 : 200 }));
  await bus.publish('completed', 1);
  const deliveries = await startOne(bus, inbox, 3);
  t.deepEqual(
    deliveries.map(({ attempt }) => attempt),
    [1, 2, 3],
  );
});

test('A message is a file until it is acknowledged', async (t) => {
  const folder = await busFolder(t);
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
      if (ms === 600_000) return () => {};
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
  // The first two run side by side, and which of them comes first is left to the disk.
  const came = inbox.received.map(({ data }) => Number(data));
  t.deepEqual([came.slice(0, 2).toSorted(), came.slice(2)], [[1, 2], [3]]);
  for (const { resolve } of answers) resolve({ status: 200 });
  await inbox.first(5);
});

test('After stopping no timer is left that would hold the process', async (t) => {
  const timers = new Set<object>();
  const bus = await openBus(t, {
    schedule() {
      const timer = {};
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  const answer = Promise.withResolvers<{ status: number }>();
  const inbox = createInbox((number) => (number === 1 ? { status: 503 } : answer.promise));
  await bus.publish('upscale', 'waits');
  await bus.publish('upscale', 'runs');
  await startOne(bus, inbox, 2);
  const stopped = bus.stop(10_000);
  answer.resolve({ status: 503 });
  t.is(await stopped, 0);
  t.is(timers.size, 0);
});

test('Stopping waits for what runs, begins nothing, and leaves the rest for the next bus', async (t) => {
  const folder = await busFolder(t);
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

test('What a handler does to its delivery changes nothing for the next one', async (t) => {
  const bus = await openBus(t);
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

import { setTimeout as wait } from 'node:timers/promises';
import test from 'ava';
import type { LoadSample } from '../load-ladder.ts';
import { startLoadProbe } from './load-probe.ts';

const MIB = 1024 * 1024;
const nobody = { sample() {} };

function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

test('Memory is a share of what the process may hold, and the queue is as it is told', (t) => {
  const probe = startLoadProbe({
    ladder: nobody,
    queue: () => 0.25,
    memoryLimitMb: 1000,
    held: () => 850 * MIB,
  });
  t.teardown(() => probe.stop());
  t.like(probe.read(), { queue: 0.25, memory: 0.85 });
});

test('Without a limit it is a share of the container’s or the machine’s memory', (t) => {
  const probe = startLoadProbe({ ladder: nobody, queue: () => 0 });
  t.teardown(() => probe.stop());
  const { memory } = probe.read();
  t.true(memory > 0 && memory < 1, String(memory));
});

test('Turns of the event loop that are all long are late, and then no more', async (t) => {
  const probe = startLoadProbe({ ladder: nobody, queue: () => 0 });
  t.teardown(() => probe.stop());
  await wait(100);
  probe.read();
  for (let turn = 0; turn < 4; turn++) {
    await wait(0);
    block(150);
  }
  await wait(0);
  // Two or more turns of 150 ms, less the 20 that a turn has of its own.
  t.true(probe.read().delayMs >= 100);
});

test('Right after it was read there is nothing to say', (t) => {
  const probe = startLoadProbe({ ladder: nobody, queue: () => 0 });
  t.teardown(() => probe.stop());
  probe.read();
  t.is(probe.read().delayMs, 0);
});

test('The ladder is told by itself', async (t) => {
  const { promise, resolve } = Promise.withResolvers<LoadSample>();
  const probe = startLoadProbe({
    ladder: { sample: resolve },
    queue: () => 1,
    memoryLimitMb: 1,
    held: () => MIB,
  });
  t.teardown(() => probe.stop());
  // Its timer holds no process; this one does.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  t.like(await promise, { queue: 1, memory: 1 });
});

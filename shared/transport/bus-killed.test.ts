import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { busFolder, filesOf, openBus, startOne } from '../testing/bus-rig.ts';
import { createInbox } from '../testing/publisher-contract.ts';
import { commandLimit } from '../testing/until.ts';

test('After kill -9 exactly what was not acknowledged is delivered again, its deliveries counted', async (t) => {
  const folder = await busFolder(t);
  t.deepEqual(await killAfter(folder, 'handle', 1), ['half']);
  const deliveries = await takeUp(t, folder, 4);
  t.deepEqual(
    deliveries.map(({ data, attempt }) => [data, attempt]),
    [1, 3, 5, 7].map((n) => [n, 2]),
  );
  t.deepEqual(await filesOf(folder), []);
});

test('What was published when the process was killed is delivered', async (t) => {
  const folder = await busFolder(t);
  const told = (await killAfter(folder, 'publish', 20)).map(Number);
  t.true(told.length >= 20);
  const deliveries = await takeUp(t, folder, told.length);
  t.deepEqual(
    deliveries.map(({ data }) => data),
    told,
  );
});

/** Kills the process once it has said so many lines. Returns all that it said. */
async function killAfter(folder: string, mode: string, count: number): Promise<string[]> {
  const script = fileURLToPath(new URL('./testdata/bus-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...commandLimit,
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  await ended;
  return lines;
}

async function takeUp(t: ExecutionContext, folder: string, count: number) {
  const bus = await openBus(t, { folder, concurrency: 1 });
  const inbox = createInbox();
  await startOne(bus, inbox, count);
  await bus.stop(1000);
  // One more may have been safe without having been told.
  t.true(inbox.received.length <= count + 1);
  return inbox.received.slice(0, count);
}

// A process with a bus, to be killed: bus-process.ts FOLDER handle|publish.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { subscriptions } from '../../subscriptions.ts';
import { fakeLog } from '../../testing/fake-log.ts';
import { createBus } from '../bus.ts';

const [folder, mode] = process.argv.slice(2) as [string, string];
const bus = await createBus({
  folder,
  subscriptions,
  log: fakeLog(),
  now: Date.now,
  random: Math.random,
  concurrency: 8,
});

if (mode === 'publish') {
  // Each number is told once it is safe.
  for (let n = 1; ; n++) {
    await bus.publish('upscale', n);
    console.log(n);
  }
}

// The even numbers are acknowledged, the odd ones are being worked on for ever.
for (let n = 1; n <= 8; n++) await bus.publish('upscale', n);
bus.start(() => async ({ data }) => {
  if ((data as number) % 2 === 1) await new Promise(() => {});
  return { status: 204 };
});
while ((await readdir(join(folder, 'bus', 'upscale'))).length > 4) await sleep(5);
console.log('half');
await sleep(600_000);

// A bus over a folder of the test's own.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Delivery } from '../push.ts';
import { subscriptions } from '../subscriptions.ts';
import type { Bus, BusOptions } from '../transport/bus.ts';
import { createBus } from '../transport/bus.ts';
import { fakeLog } from './fake-log.ts';
import type { Inbox } from './publisher-contract.ts';

export async function busFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-bus-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** All subscriptions, quick to deliver again, nothing by chance. */
export async function openBus(t: ExecutionContext, options: Partial<BusOptions> = {}): Promise<Bus> {
  const bus = await createBus({
    folder: options.folder ?? (await busFolder(t)),
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
export async function startOne(bus: Bus, inbox: Inbox, count = 1): Promise<Delivery[]> {
  bus.start(() => inbox.handler);
  return await inbox.first(count);
}

export async function filesOf(folder: string, subscription = 'upscale'): Promise<string[]> {
  return (await readdir(join(folder, 'bus', subscription))).sort();
}

// The publisher's face in one process: a bus that keeps its messages in files, and delivers, redelivers and gives up
// as Pub/Sub does, with the same pushes.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CutlineError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Publisher, Topic } from '../publisher.ts';
import type { PushHandler } from '../push.ts';
import type { Subscription } from '../subscriptions.ts';
import {
  ACK_DEADLINE_SECONDS,
  DEFAULT_PREFIX,
  deadLetterAttributes,
  MAX_DELIVERIES,
} from '../subscriptions.ts';
import type { BackOff } from './back-off.ts';
import type { BusMessage, MessageFolder } from './bus-folder.ts';
import { openMessageFolder } from './bus-folder.ts';
import type { DeliveryQueue, QueueSettings, Schedule } from './bus-queue.ts';
import { createDeliveryQueue } from './bus-queue.ts';
import { outgoing } from './outgoing.ts';

export interface BusOptions {
  /** Messages lie in `<folder>/bus/<subscription>/`. One bus at a time. */
  readonly folder: string;
  readonly subscriptions: readonly Subscription[];
  readonly log: Logger;
  readonly now: () => number;
  readonly random: () => number;
  readonly backoff?: BackOff;
  readonly ackDeadlineMs?: number;
  readonly maxAttempts?: number;
  /** Of each subscription. */
  readonly concurrency?: number;
  /** Timers, for tests. */
  readonly schedule?: Schedule;
}

export interface Bus extends Publisher {
  /** Delivers from now on, what lay there first. Publishing works before it too. */
  start(handlerOf: (subscription: Subscription) => PushHandler): void;
  /**
   * For good: begins no delivery any more and waits for the handlers that run. What is not acknowledged then, and what
   * is published from now on, is delivered by the next bus over this folder.
   * @returns how many handlers still run
   */
  stop(limitMs: number): Promise<number>;
}

/** Pub/Sub's own start at seconds; here nobody else shares the machine. */
const BACKOFF: BackOff = { minMs: 250, maxMs: 60_000 };
const CONCURRENCY = 4;
/** As the name of a project in the pushes. */
const PROJECT = 'local';

const timers: Schedule = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** Takes up what lies in the folder. */
export async function createBus(options: BusOptions): Promise<Bus> {
  const { now, log, subscriptions, schedule = timers } = options;
  const settings: QueueSettings = {
    log,
    now,
    random: options.random,
    schedule,
    backoff: options.backoff ?? BACKOFF,
    ackDeadlineMs: options.ackDeadlineMs ?? ACK_DEADLINE_SECONDS * 1000,
    maxAttempts: options.maxAttempts ?? MAX_DELIVERIES,
    concurrency: options.concurrency ?? CONCURRENCY,
  };
  const lines = await Promise.all(
    subscriptions.map((subscription) => openLine(subscription, options.folder, settings, publish)),
  );
  let sequence = Math.max(0, ...lines.map(({ newest }) => newest));

  async function publish(
    topic: Topic,
    data: unknown,
    given?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { json, attributes } = outgoing(topic, data, given);
    const message: BusMessage = {
      messageId: randomUUID(),
      publishTime: new Date(now()).toISOString(),
      attributes,
      data: JSON.parse(json),
    };
    const kept = { sequence: ++sequence, messageId: message.messageId, deliveries: 0 };
    const subscribed = lines.filter(({ subscription }) => subscription.topic === topic);
    try {
      await Promise.all(subscribed.map(({ folder }) => folder.add(kept, message)));
    } catch (cause) {
      throw new CutlineError('PUBLISH_FAILED', { message: `${topic}: ${cause}`, cause });
    }
    for (const { queue } of subscribed) queue.add(kept, message);
  }

  return {
    publish,
    start(handlerOf) {
      for (const { queue, subscription } of lines) queue.start(handlerOf(subscription));
    },
    async stop(limitMs) {
      for (const { queue } of lines) queue.stop();
      const { promise: limit, resolve } = Promise.withResolvers<void>();
      const cancel = timers(limitMs, resolve);
      await Promise.race([Promise.all(lines.map(({ queue }) => queue.idle())), limit]);
      cancel();
      for (const { queue } of lines) queue.abandon();
      return lines.reduce((sum, { queue }) => sum + queue.running, 0);
    },
  };
}

interface Line {
  readonly subscription: Subscription;
  readonly folder: MessageFolder;
  readonly queue: DeliveryQueue;
  /** The highest number in use. */
  readonly newest: number;
}

async function openLine(
  subscription: Subscription,
  root: string,
  settings: QueueSettings,
  publish: Publisher['publish'],
): Promise<Line> {
  const id = DEFAULT_PREFIX + subscription.name;
  const folder = await openMessageFolder(join(root, 'bus'), subscription.name, settings.log);
  const queue = createDeliveryQueue({
    ...settings,
    subscription,
    folder,
    fullName: `projects/${PROJECT}/subscriptions/${id}`,
    giveUp: ({ data, attributes, publishTime }, deliveries) =>
      publish('dead-letter', data, {
        ...attributes,
        [deadLetterAttributes.subscription]: id,
        [deadLetterAttributes.project]: PROJECT,
        [deadLetterAttributes.deliveries]: String(deliveries),
        [deadLetterAttributes.published]: publishTime,
      }),
  });
  const found = await folder.list();
  for (const kept of found) queue.add(kept);
  return { subscription, folder, queue, newest: found.at(-1)?.sequence ?? 0 };
}

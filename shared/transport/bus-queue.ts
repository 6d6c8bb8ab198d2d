// One subscription of the bus: a few deliveries at a time, the oldest first; what is not acknowledged comes again.
import type { Logger } from '../log.ts';
import type { Delivery, PushAnswer, PushHandler } from '../push.ts';
import { isAcknowledged } from '../push.ts';
import type { Subscription } from '../subscriptions.ts';
import { LONGEST_RETENTION_SECONDS } from '../subscriptions.ts';
import type { BackOff } from './back-off.ts';
import { backOff } from './back-off.ts';
import type { BusMessage, Kept, MessageFolder } from './bus-folder.ts';

/** Runs something later, unless what it returns is called. */
export type Schedule = (ms: number, run: () => void) => () => void;

export interface QueueSettings {
  readonly backoff: BackOff;
  readonly ackDeadlineMs: number;
  readonly maxAttempts: number;
  readonly concurrency: number;
  readonly log: Logger;
  now(): number;
  random(): number;
  readonly schedule: Schedule;
}

export interface QueueOptions extends QueueSettings {
  readonly subscription: Subscription;
  /** Its name in full, as pushes say it. */
  readonly fullName: string;
  readonly folder: MessageFolder;
  /** Takes a message that was delivered in vain too often. */
  giveUp(message: BusMessage, deliveries: number): Promise<void>;
}

export interface DeliveryQueue {
  /** @param message as it lies in the folder; read from there where it is left out */
  add(kept: Kept, message?: BusMessage): void;
  start(handler: PushHandler): void;
  /** For good: begins no delivery any more. */
  stop(): void;
  /** Resolves when nothing is being handled. */
  idle(): Promise<void>;
  /** Waits for no handler any more. */
  abandon(): void;
  /** How many handlers run, those past their deadline included. */
  readonly running: number;
}

interface Entry {
  readonly kept: Kept;
  readonly message: BusMessage | undefined;
}

export function createDeliveryQueue(options: QueueOptions): DeliveryQueue {
  const { subscription, folder, schedule, concurrency } = options;
  const log = options.log.child({ subscription: subscription.name });
  const ready: Entry[] = [];
  const pauses = new Set<() => void>();
  const deadlines = new Set<() => void>();
  /** Deliveries from their first step to their last; handlers that may outlive theirs. */
  const deliveries = new Set<Promise<void>>();
  const handlers = new Set<Promise<unknown>>();
  let handler: PushHandler | undefined;

  function add(entry: Entry): void {
    const older = ready.findLastIndex(({ kept }) => kept.sequence < entry.kept.sequence);
    ready.splice(older + 1, 0, entry);
    pump();
  }

  function pump(): void {
    while (handler && deliveries.size < concurrency && ready.length > 0) {
      const delivery = deliver(ready.shift()!, handler);
      deliveries.add(delivery);
      delivery.finally(() => {
        deliveries.delete(delivery);
        pump();
      });
    }
  }

  /** Never throws: what fails here is tried again, as the file is still there. */
  async function deliver(entry: Entry, handler: PushHandler): Promise<void> {
    let current = entry;
    try {
      const message = entry.message ?? (await folder.read(entry.kept));
      if (message === undefined) return;
      if (isTooOld(message)) {
        log.warning('Dropped a message that was too old', { message_id: message.messageId });
        return await folder.remove(entry.kept);
      }
      const spent = subscription.deadLetter && entry.kept.deliveries >= options.maxAttempts;
      const kept = spent ? entry.kept : await folder.count(entry.kept);
      if (kept === undefined) return;
      current = { kept, message };
      if (!spent && (await isHandled(handler, current.kept, message))) return await folder.remove(kept);
      if (subscription.deadLetter && kept.deliveries >= options.maxAttempts) {
        await options.giveUp(message, kept.deliveries);
        log.warning('Gave a message up', { message_id: message.messageId, attempt: kept.deliveries });
        return await folder.remove(kept);
      }
    } catch (error) {
      log.error('A message could not be taken from its folder or given up', { error });
    }
    later(current);
  }

  async function isHandled(handler: PushHandler, kept: Kept, message: BusMessage): Promise<boolean> {
    const fields = { message_id: message.messageId, attempt: kept.deliveries };
    try {
      const answer = await answerInTime(handler, {
        ...structuredClone(message),
        subscription: options.fullName,
        attempt: kept.deliveries,
      });
      if (answer && isAcknowledged(answer)) return true;
      if (answer) log.debug('A message was not acknowledged', { ...fields, status: answer.status });
      else log.warning('A message was not acknowledged in time', fields);
    } catch (error) {
      log.error('The handler of a message threw', { ...fields, error });
    }
    return false;
  }

  /** @returns `undefined` when the deadline came first; the handler goes on, and its answer counts no more */
  async function answerInTime(
    handler: PushHandler,
    delivery: Delivery & { data: unknown },
  ): Promise<PushAnswer | undefined> {
    const { promise: deadline, resolve } = Promise.withResolvers<undefined>();
    const cancel = schedule(options.ackDeadlineMs, () => resolve(undefined));
    deadlines.add(cancel);
    const work = Promise.try(handler, delivery);
    handlers.add(work);
    const forget = () => void handlers.delete(work);
    work.then(forget, forget);
    try {
      return await Promise.race([work, deadline]);
    } finally {
      deadlines.delete(cancel);
      cancel();
    }
  }

  function later(entry: Entry): void {
    if (!handler) return;
    const wait = backOff(Math.max(1, entry.kept.deliveries), options.backoff, options.random());
    const cancel = schedule(wait, () => {
      pauses.delete(cancel);
      add(entry);
    });
    pauses.add(cancel);
  }

  /** At the longest Pub/Sub's limit is meant, not ours: a laptop may be off for longer. */
  function isTooOld({ publishTime }: BusMessage): boolean {
    const { retentionSeconds } = subscription;
    const age = options.now() - Date.parse(publishTime);
    return retentionSeconds < LONGEST_RETENTION_SECONDS && age > retentionSeconds * 1000;
  }

  return {
    add: (kept, message) => add({ kept, message }),
    start(given) {
      handler = given;
      pump();
    },
    stop() {
      handler = undefined;
      for (const cancel of pauses) cancel();
      pauses.clear();
    },
    async idle() {
      while (deliveries.size + handlers.size > 0) await Promise.allSettled([...deliveries, ...handlers]);
    },
    abandon() {
      for (const cancel of deadlines) cancel();
    },
    get running() {
      return handlers.size;
    },
  };
}

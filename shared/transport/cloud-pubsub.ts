// The publisher's face in the cloud: Pub/Sub's own topics, each named with the deployment's prefix.
import type { PublishOptions, Topic as PubSubTopic } from '@google-cloud/pubsub';
import { CutlineError } from '../errors.ts';
import type { Publisher, Topic } from '../publisher.ts';
import { DEFAULT_PREFIX } from '../subscriptions.ts';
import { outgoing } from './outgoing.ts';
import type { PubSubOptions } from './pubsub-client.ts';
import { openPubSub } from './pubsub-client.ts';

export interface PubSubPublisher extends Publisher {
  /** Call it when nothing is being published any more. */
  close(): Promise<void>;
}

export interface PubSubPublisherOptions extends PubSubOptions {
  readonly topicPrefix?: string;
  /** A publish that takes longer has failed, whatever the client still tries. Its own limit is ten minutes. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** Canceled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable: the client's own list. */
const passing = [1, 2, 4, 8, 10, 13, 14];

export function createPubSubPublisher(options: PubSubPublisherOptions): PubSubPublisher {
  const { topicPrefix = DEFAULT_PREFIX, timeoutMs = TIMEOUT_MS } = options;
  const client = openPubSub(options);
  const opened = new Map<Topic, PubSubTopic>();

  const open = (topic: Topic): PubSubTopic => {
    const known = opened.get(topic) ?? client.topic(topicPrefix + topic, publishOptions(timeoutMs));
    opened.set(topic, known);
    return known;
  };

  return {
    async publish(topic, data, attributes) {
      const message = outgoing(topic, data, attributes);
      const content = { data: Buffer.from(message.json), attributes: { ...message.attributes } };
      try {
        await within(timeoutMs, open(topic).publishMessage(content));
      } catch (cause) {
        throw new CutlineError('PUBLISH_FAILED', { message: `${topicPrefix}${topic}: ${cause}`, cause });
      }
    },
    close: () => client.close(),
  };
}

/** Nothing is held back for a batch: a stage publishes one message and waits for it. */
function publishOptions(timeoutMs: number): PublishOptions {
  const backoffSettings = {
    initialRetryDelayMillis: 100,
    retryDelayMultiplier: 2,
    maxRetryDelayMillis: 1000,
    initialRpcTimeoutMillis: timeoutMs / 3,
    rpcTimeoutMultiplier: 1,
    maxRpcTimeoutMillis: timeoutMs / 3,
    totalTimeoutMillis: timeoutMs,
  };
  return {
    batching: { maxMessages: 1, maxMilliseconds: 1 },
    gaxOpts: { retry: { retryCodes: passing, backoffSettings } },
  };
}

/** The client's limits do not cover its search for credentials. */
async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, ms, new Error(`Expected an answer within ${ms} ms but received none`));
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    // Whichever lost the race is nobody's error any more.
    work.catch(() => {});
  }
}

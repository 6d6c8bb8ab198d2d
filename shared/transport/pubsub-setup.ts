// Topics and push subscriptions made by hand where no Terraform does it: on the emulator.
import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import type { Topic } from '../publisher.ts';
import type { Subscription } from '../subscriptions.ts';
import { ACK_DEADLINE_SECONDS, DEFAULT_PREFIX, MAX_DELIVERIES } from '../subscriptions.ts';
import type { PubSubOptions } from './pubsub-client.ts';
import { openPubSub } from './pubsub-client.ts';

export interface Topology extends PubSubOptions {
  readonly topicPrefix?: string;
  readonly subscriptions: readonly Subscription[];
  /** The URL that a subscription pushes to, its path included. */
  endpoint(subscription: Subscription): string;
  /** 10–600. */
  readonly ackDeadlineSeconds?: number;
  /** 5–100. */
  readonly maxDeliveries?: number;
  /** In seconds, 0–600. */
  readonly backoff?: { readonly min: number; readonly max: number };
}

/** As long a first wait as Pub/Sub's own; not longer than a stage needs to become ready. */
const BACKOFF_SECONDS = { min: 10, max: 600 };

const ALREADY_EXISTS = 6;

/**
 * Makes what is not there, and brings what is there up to date: a second call changes nothing.
 * @throws the client's errors
 */
export async function ensureTopology(topology: Topology): Promise<void> {
  const client = openPubSub(topology);
  const { topicPrefix = DEFAULT_PREFIX, subscriptions } = topology;
  const topics = new Set<Topic>(['dead-letter', ...subscriptions.map(({ topic }) => topic)]);
  try {
    await Promise.all([...topics].map((topic) => unlessThere(() => client.createTopic(topicPrefix + topic))));
    await Promise.all(
      subscriptions.map((subscription) => ensureSubscription(client, topology, subscription)),
    );
  } finally {
    await client.close();
  }
}

async function ensureSubscription(client: PubSub, topology: Topology, wanted: Subscription): Promise<void> {
  const { topicPrefix = DEFAULT_PREFIX } = topology;
  const options = optionsFor(wanted, topology);
  const name = topicPrefix + wanted.name;
  const made = await unlessThere(() => client.createSubscription(topicPrefix + wanted.topic, name, options));
  if (made) return;
  // The emulator cannot change when a subscription expires.
  const { pushEndpoint, expirationPolicy, ...metadata } = options;
  await client.subscription(name).setMetadata({ ...metadata, pushConfig: { pushEndpoint: pushEndpoint! } });
}

function optionsFor(wanted: Subscription, topology: Topology): CreateSubscriptionOptions {
  const { projectId, topicPrefix = DEFAULT_PREFIX, backoff = BACKOFF_SECONDS } = topology;
  const { ackDeadlineSeconds = ACK_DEADLINE_SECONDS, maxDeliveries = MAX_DELIVERIES } = topology;
  return {
    pushEndpoint: topology.endpoint(wanted),
    ackDeadlineSeconds,
    messageRetentionDuration: { seconds: wanted.retentionSeconds },
    expirationPolicy: { ttl: null },
    retryPolicy: { minimumBackoff: duration(backoff.min), maximumBackoff: duration(backoff.max) },
    ...(wanted.deadLetter && {
      deadLetterPolicy: {
        deadLetterTopic: `projects/${projectId}/topics/${topicPrefix}dead-letter`,
        maxDeliveryAttempts: maxDeliveries,
      },
    }),
  };
}

function duration(seconds: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) };
}

async function unlessThere(make: () => Promise<unknown>): Promise<boolean> {
  try {
    await make();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS) return false;
    throw error;
  }
}

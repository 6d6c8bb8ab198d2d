// Who wakes on what: every push subscription of the chain, as data. The bus in the process, the emulator's set-up and
// the Terraform follow it.
import type { StageName } from './card.ts';
import { stageNames } from './card.ts';
import type { Topic } from './publisher.ts';

export const serviceNames = ['ingest', ...stageNames, 'warmup', 'storefront'] as const;
export type ServiceName = 'ingest' | StageName | 'warmup' | 'storefront';

export interface Subscription {
  /** Without the prefix of a deployment. */
  readonly name: string;
  readonly topic: Topic;
  readonly service: ServiceName;
  /** Below the service's base URL. */
  readonly path: string;
  /** Whether a message goes to the `dead-letter` topic after so many deliveries; else it is tried until it is too old. */
  readonly deadLetter: boolean;
  /** How long a message that is not acknowledged is kept. */
  readonly retentionSeconds: number;
}

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** Pub/Sub's most (its emulator's, too), for what a job hangs on. The bus keeps such a message for ever. */
export const LONGEST_RETENTION_SECONDS = 7 * DAY;

const stage = (name: StageName): Subscription => ({
  name,
  topic: name,
  service: name,
  path: '/',
  deadLetter: true,
  retentionSeconds: LONGEST_RETENTION_SECONDS,
});

/** A shop's server that is down is tried again for a day. */
const webhook = (topic: 'completed' | 'failed'): Subscription => ({
  name: topic,
  topic,
  service: 'storefront',
  path: '/webhooks',
  deadLetter: false,
  retentionSeconds: DAY,
});

export const subscriptions: readonly Subscription[] = [
  {
    name: 'uploads',
    topic: 'uploads',
    service: 'ingest',
    path: '/',
    deadLetter: true,
    retentionSeconds: LONGEST_RETENTION_SECONDS,
  },
  ...stageNames.map(stage),
  {
    name: 'dead-letter',
    topic: 'dead-letter',
    service: 'ingest',
    path: '/dead-letter',
    deadLetter: false,
    retentionSeconds: LONGEST_RETENTION_SECONDS,
  },
  {
    name: 'warmup',
    topic: 'warmup',
    service: 'warmup',
    path: '/',
    deadLetter: false,
    // Who wanted it warm has come or gone by then.
    retentionSeconds: 10 * MINUTE,
  },
  webhook('completed'),
  webhook('failed'),
];

/** Names of topics and subscriptions in a project begin with it, so that two deployments can share one. */
export const DEFAULT_PREFIX = 'cutline-';

/** What the ID token of a push to the storefront is made for: that service is open to all and looks at it itself. */
export const WEBHOOKS_AUDIENCE = 'cutline-webhooks';

/** After so many deliveries Pub/Sub gives a message up; its highest number, since our own count comes first. */
export const MAX_DELIVERIES = 100;

/** The limit of a push request too: Pub/Sub's longest. */
export const ACK_DEADLINE_SECONDS = 600;

/** What Pub/Sub adds to a message that it gave up. */
export const deadLetterAttributes = {
  subscription: 'CloudPubSubDeadLetterSourceSubscription',
  project: 'CloudPubSubDeadLetterSourceSubscriptionProject',
  deliveries: 'CloudPubSubDeadLetterSourceDeliveryCount',
  published: 'CloudPubSubDeadLetterSourceTopicPublishTime',
} as const;

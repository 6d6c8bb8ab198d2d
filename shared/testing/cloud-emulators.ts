// The cloud on this machine: Pub/Sub's emulator with the chain's topology, fake-gcs-server that tells it of uploads, and
// an inbox that sees what passes.
import type { JobRecords } from '../job-records.ts';
import { createJobRecords } from '../job-records.ts';
import type { ObjectStore } from '../object-store.ts';
import type { Publisher, Topic } from '../publisher.ts';
import type { Subscription } from '../subscriptions.ts';
import { DEFAULT_PREFIX, subscriptions } from '../subscriptions.ts';
import { createPubSubPublisher } from '../transport/cloud-pubsub.ts';
import { createCloudStorage } from '../transport/cloud-storage.ts';
import { ensureTopology } from '../transport/pubsub-setup.ts';
import type { Inbox } from './cloud-inbox.ts';
import { openInbox } from './cloud-inbox.ts';
import { findFakeGcs, noFakeGcs, startFakeGcs } from './fake-gcs.ts';
import { noEmulator, startPubSubEmulator } from './pubsub-emulator.ts';

export interface CloudOptions {
  /** Where a subscription pushes to. */
  endpoint(subscription: Subscription): string;
  readonly maxDeliveries?: number | undefined;
}

export interface Cloud {
  readonly store: ObjectStore;
  readonly records: JobRecords;
  readonly publisher: Publisher;
  readonly inbox: Inbox;
  /** What every function needs to find its way. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Why a test is skipped. */
export const noCloud = findFakeGcs() === undefined ? noFakeGcs : `skipped: ${noEmulator}`;

export const buckets = { uploads: 'uploads', results: 'results' } as const;
export const PROJECT = 'chain';
/** Of messages that were not acknowledged; in life it is 10–600 s. */
const BACKOFF_SECONDS = { min: 0.1, max: 1 };
const watched: readonly Topic[] = ['upscale', 'segment', 'effects', 'completed', 'failed', 'dead-letter'];

/** @returns `undefined` where an emulator is missing */
export async function openCloud({ endpoint, maxDeliveries }: CloudOptions): Promise<Cloud | undefined> {
  const pubsub = findFakeGcs() === undefined ? undefined : await startPubSubEmulator();
  if (!pubsub) return undefined;
  const inbox = await openInbox();
  const address = { projectId: PROJECT, apiEndpoint: pubsub.host };
  await ensureTopology({
    ...address,
    subscriptions: [...subscriptions, ...watched.map(watch)],
    endpoint: (one) => (one.name.startsWith('seen-') ? inbox.endpoint(one.topic) : endpoint(one)),
    backoff: BACKOFF_SECONDS,
    ...(maxDeliveries !== undefined && { maxDeliveries }),
  });
  const publisher = createPubSubPublisher(address);
  const gcs = await startFakeGcs({
    buckets: Object.values(buckets),
    notify: {
      pubsubEmulator: pubsub.host,
      projectId: PROJECT,
      topic: `${DEFAULT_PREFIX}uploads`,
      bucket: buckets.uploads,
    },
  });
  const store = createCloudStorage({ buckets: Object.values(buckets), apiEndpoint: gcs!.endpoint });
  return {
    store,
    records: createJobRecords({ store, bucket: buckets.results, now: Date.now }),
    publisher,
    inbox,
    env: {
      PUBSUB_EMULATOR_HOST: pubsub.host,
      STORAGE_EMULATOR_HOST: gcs!.endpoint,
      GOOGLE_CLOUD_PROJECT: PROJECT,
      UPLOADS_BUCKET: buckets.uploads,
      RESULTS_BUCKET: buckets.results,
      DEVICE: 'cpu',
      // Several stages share the machine, and the tests of other files.
      THREADS: '1',
    },
    async close() {
      await publisher.close();
      await Promise.all([pubsub.stop(), gcs!.stop(), inbox.close()]);
    },
  };
}

function watch(topic: Topic): Subscription {
  const retentionSeconds = 600;
  return { name: `seen-${topic}`, topic, service: 'ingest', path: '/', deadLetter: false, retentionSeconds };
}

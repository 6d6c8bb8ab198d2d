// Ingest with its ports in memory, and the notifications that wake it.
import type { Ingest } from '../../functions/ingest/ingest.ts';
import { createIngest } from '../../functions/ingest/ingest.ts';
import type { IngestPorts } from '../../functions/ingest/take-upload.ts';
import { formatUri } from '../gs-uri.ts';
import { defaultLimits } from '../image/limits.ts';
import { createJobRecords } from '../job-records.ts';
import type { Failed, StageMessage } from '../message.ts';
import type { ObjectInfo } from '../object-store.ts';
import type { Delivery, PushAnswer, PushHandler } from '../push.ts';
import { fakeLog } from './fake-log.ts';
import { fakePublisher } from './fake-publisher.ts';
import { fakeStore } from './fake-store.ts';

export const TRACE = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
export const NOON = Date.parse('2026-11-20T12:00:00.000Z');

export type IngestRig = ReturnType<typeof createIngestRig>;

export function createIngestRig(changes: Partial<IngestPorts> = {}) {
  const store = fakeStore();
  const publisher = fakePublisher();
  const log = fakeLog();
  const now = () => NOON;
  const ports: IngestPorts = {
    store,
    publisher,
    records: createJobRecords({ store, bucket: 'results', now }),
    buckets: { uploads: 'uploads', results: 'results' },
    uploadsPrefix: 'uploads/',
    limits: defaultLimits,
    inspect: async () => ({ width: 64, height: 64 }),
    newTrace: () => TRACE,
    now,
    log,
    ...changes,
  };
  const ingest: Ingest = createIngest(ports);
  return {
    store,
    publisher,
    log,
    ingest,
    /** Without faults and hooks. */
    records: createJobRecords({ store: store.quiet, bucket: 'results', now }),
    /** Puts a photo there. */
    upload: (name: string, metadata: Record<string, string> = {}, data = Uint8Array.of(1, 2, 3)) =>
      store.put({ bucket: 'uploads', name }, data, { contentType: 'image/png', metadata }),
    stageMessages: () =>
      publisher.published
        .filter(({ topic }) => topic === 'upscale' || topic === 'segment')
        .map(({ data }) => data as StageMessage),
    failed: () => publisher.on('failed') as Failed[],
    names: () => store.names('results'),
  };
}

/** As Cloud Storage tells of it. */
export function notification(
  { bucket, name, generation }: Pick<ObjectInfo, 'bucket' | 'name' | 'generation'>,
  attributes: Record<string, string> = {},
): Delivery {
  return {
    data: { kind: 'storage#object', bucket, name, generation },
    attributes: {
      eventType: 'OBJECT_FINALIZE',
      bucketId: bucket,
      objectId: name,
      objectGeneration: generation,
      payloadFormat: 'JSON_API_V1',
      ...attributes,
    },
    messageId: '1',
    publishTime: '2026-11-20T12:00:00Z',
    subscription: 'projects/p/subscriptions/cutline-uploads',
  };
}

/** Again until it is acknowledged. */
export async function deliver(handler: PushHandler, delivery: Delivery, atMost = 5): Promise<PushAnswer[]> {
  const answers: PushAnswer[] = [];
  while (answers.length < atMost) {
    const answer = await handler(delivery);
    answers.push(answer);
    if (answer.status === 204) return answers;
  }
  throw new Error(`Expected an acknowledgement within ${atMost} deliveries`);
}

export const uriOf = (info: ObjectInfo): string =>
  formatUri({ bucket: info.bucket, name: info.name, generation: info.generation });

// From a job's records to the message that sets it in motion again. failed.json is the list: whatever Pub/Sub gave up ends in
// one, by ingest's dead-letter path.
import { parseUri } from '../../shared/gs-uri.ts';
import type { Found, JobRecords } from '../../shared/job-records.ts';
import type { Failed, StageMessage } from '../../shared/message.ts';
import { attributesOf, REDRIVES, SCHEMA } from '../../shared/message.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import type { Publisher, Topic } from '../../shared/publisher.ts';
import type { JobRecord } from '../../shared/records.ts';
import type { Buckets } from '../../shared/stage-message.ts';

export interface RedrivePorts {
  readonly store: ObjectStore;
  readonly records: JobRecords;
  readonly publisher: Publisher;
  readonly buckets: Buckets;
  newTrace(): string;
}

/** What is to be published for a job. */
export interface Redrive {
  readonly job: string;
  readonly failed: Found<Failed>;
  readonly topic: Topic;
  readonly data: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Skipped {
  readonly job: string;
  /** Why. */
  readonly skipped: string;
}

/** Ids of all that failed, kept ones left alone: an order has its pictures. */
export async function* failedJobs({ store, buckets }: RedrivePorts): AsyncGenerator<string> {
  for await (const { name } of store.list(buckets.results, 'jobs/')) {
    const [, job] = /^jobs\/([0-9a-f]{32})\/failed\.json$/.exec(name) ?? [];
    if (job) yield job;
  }
}

/** @param all whether errors that would come again are tried, too. @throws STORE_UNAVAILABLE */
export async function planRedrive(
  job: string,
  all: boolean,
  ports: RedrivePorts,
): Promise<Redrive | Skipped> {
  const { records } = ports;
  const failed = await records.failed(job);
  if (!failed) return { job, skipped: 'it has not failed' };
  if (!failed.record.retryable && !all)
    return { job, skipped: `${failed.record.error.code} would come again (--all tries)` };
  const found = await records.findJob(job);
  return found ? await planStage(found, failed, ports) : await planUpload(failed, ports);
}

async function planStage(
  { record, uri }: Found<JobRecord>,
  failed: Found<Failed>,
  { records, store, newTrace }: RedrivePorts,
): Promise<Redrive | Skipped> {
  const { job, route } = record;
  let input = record.input;
  for (const stage of route) {
    const done = await records.stage(job, stage);
    if (done) {
      input = done.record.hands_on;
      continue;
    }
    if (!(await store.head(parseUri(input)!)))
      return { job, skipped: 'the picture it would go on with is gone' };
    const data: StageMessage = { schema: SCHEMA, job: uri, stage, input, trace: newTrace() };
    return { job, failed, topic: stage, data, attributes: { ...attributesOf(data), [REDRIVES]: failed.uri } };
  }
  return { job, skipped: 'it is complete' };
}

/** Not even begun: its photo is announced once more, as the bucket did. */
async function planUpload(failed: Found<Failed>, { store }: RedrivePorts): Promise<Redrive | Skipped> {
  const { job, input } = failed.record;
  const photo = parseUri(input);
  if (!photo || !(await store.head(photo))) return { job, skipped: 'its photo is gone' };
  const { bucket: bucketId, name: objectId, generation: objectGeneration } = photo;
  const attributes = { eventType: 'OBJECT_FINALIZE', bucketId, objectId, objectGeneration };
  return { job, failed, topic: 'uploads', data: {}, attributes };
}

/** @throws PUBLISH_FAILED, STORE_UNAVAILABLE: the job is failed as before */
export async function redrive(
  { failed, topic, data, attributes }: Redrive,
  ports: RedrivePorts,
): Promise<void> {
  if (topic !== 'uploads') return await ports.publisher.publish(topic, data, attributes);
  // Ingest takes failed.json for its own last word on this photo.
  await ports.store.delete(parseUri(failed.uri)!);
  try {
    await ports.publisher.publish(topic, data, attributes);
  } catch (error) {
    await ports.records.createFailed(failed.record);
    throw error;
  }
}

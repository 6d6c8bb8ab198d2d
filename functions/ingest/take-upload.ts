// From a photo in the uploads bucket to a job on its way: options and header checked, job.json written, the first stage
// told. A delivery that comes twice, or whose end nobody heard of, finds in the records how far the one before came.
import { CutlineError, toCutlineError } from '../../shared/errors.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { checkBytes } from '../../shared/image/limits.ts';
import { announceFailed } from '../../shared/job-end.ts';
import type { Found } from '../../shared/job-records.ts';
import type { Wishes } from '../../shared/job-text.ts';
import { parseMetadata, referenceIn } from '../../shared/job-text.ts';
import type { Logger } from '../../shared/log.ts';
import { attributesOf, SCHEMA } from '../../shared/message.ts';
import type { ObjectInfo } from '../../shared/object-store.ts';
import { checkResult, routeOf } from '../../shared/pipeline.ts';
import type { Delivery } from '../../shared/push.ts';
import type { JobRecord } from '../../shared/records.ts';
import type { Buckets } from '../../shared/stage-message.ts';
import type { FailurePorts } from './fail-job.ts';
import { endInFailure, sweepIfUploadDeleted } from './fail-job.ts';
import type { Upload } from './upload-event.ts';
import { readUpload, traceOf } from './upload-event.ts';

export interface IngestPorts extends FailurePorts {
  readonly buckets: Buckets;
  /** Of the uploads bucket, names below it alone are photos: `uploads/`. */
  readonly uploadsPrefix: string;
  readonly limits: ImageLimits;
  /**
   * What a file's header says, checked; no pixel is decoded.
   * @throws INVALID_FORMAT, IMAGE_BOMB, IMAGE_TOO_LARGE, IMAGE_TOO_SMALL, IMAGE_CORRUPT
   */
  inspect(file: Uint8Array): Promise<{ readonly width: number; readonly height: number }>;
  /** A `traceparent` for a photo that came without. */
  newTrace(): string;
  readonly log: Logger;
}

/** One upload, with all that is done about it. */
interface Taken extends Upload {
  readonly trace: string;
  readonly log: Logger;
}

/**
 * Resolves when the delivery may be acknowledged.
 * @throws MESSAGE_INVALID, INPUT_GONE: there is nothing to do; all else has to be delivered again
 */
export async function takeUpload(delivery: Delivery, ports: IngestPorts): Promise<void> {
  const { buckets, uploadsPrefix: prefix } = ports;
  const read = readUpload(delivery, { bucket: buckets.uploads, prefix });
  if ('ignored' in read) return ports.log.debug(`ingest: ${read.ignored}`);
  const trace = traceOf(delivery) ?? ports.newTrace();
  const log = ports.log.child({ job: read.job, stage: 'ingest', trace });
  const upload = { ...read, trace, log };

  const job = await ports.records.findJob(upload.job);
  if (job) return await takeUpAgain(job, upload, ports);
  const failed = await ports.records.failed(upload.job);
  if (failed?.record.input === upload.uri) {
    await announceFailed(failed, ports);
    await sweepIfUploadDeleted(upload, ports);
  } else if (failed) logOther(failed.record, upload);
  else await begin(upload, ports);
}

async function begin(upload: Taken, ports: IngestPorts): Promise<void> {
  const { log, uri, version } = upload;
  const started = ports.now();
  const info = await ports.store.head(version);
  if (!info) throw new CutlineError('INPUT_GONE', { message: `${uri} is gone` });
  if (info.bytes === 0) return log.debug(`ingest: ${uri} is empty`);
  log.info('ingest: started', { input: uri, bytes: info.bytes });
  const checked = await check(info, upload, ports);
  if ('error' in checked) {
    const { error } = checked;
    const { job, tenant } = upload;
    const reference = referenceIn(info.metadata);
    const failure = { job, tenant, reference, input: uri, stage: 'ingest', error, tries: 0 } as const;
    log.error('ingest: failed', { error, duration_ms: Math.round(ports.now() - started) });
    await endInFailure(failure, () => sweepIfUploadDeleted(upload, ports), ports);
    return;
  }
  const created = await ports.records.createJob(jobOf(upload, checked, ports));
  if (created.record.input !== uri) return logOther(created.record, upload);
  await tellFirstStage(created, upload, ports);
  log.info('ingest: ended', { duration_ms: Math.round(ports.now() - started), route: created.record.route });
}

/** @returns the error that the photo or its options will end in every time. @throws what may pass, INPUT_GONE */
async function check(
  info: ObjectInfo,
  { version, uri }: Taken,
  { store, limits, inspect }: IngestPorts,
): Promise<Wishes | { readonly error: CutlineError }> {
  try {
    const wishes = parseMetadata(info.metadata);
    checkBytes(info.bytes, limits);
    const stored = await store.read(version, limits.maxFileBytes);
    if (!stored) throw new CutlineError('INPUT_GONE', { message: `${uri} is gone` });
    checkResult(await inspect(stored.data), wishes.options, limits);
    return wishes;
  } catch (thrown) {
    const error = toCutlineError(thrown);
    if (error.event === 'retry' || error.code === 'INPUT_GONE') throw error;
    return { error };
  }
}

function jobOf({ job, tenant, uri }: Taken, { options, reference }: Wishes, ports: IngestPorts): JobRecord {
  const route = routeOf(options);
  const created = new Date(ports.now()).toISOString();
  return { schema: SCHEMA, job, tenant, reference, input: uri, options, route, created };
}

/** The job is there: only telling the first stage may be left to do. */
async function takeUpAgain(found: Found<JobRecord>, upload: Taken, ports: IngestPorts): Promise<void> {
  const { record } = found;
  if (record.input !== upload.uri) return logOther(record, upload);
  const failed = await ports.records.failed(record.job);
  if (failed?.record.stage === 'ingest') {
    await announceFailed(failed, ports);
    await ports.records.sweepIfDeleted(found.uri, record.job);
  }
  if (failed || (await ports.records.stage(record.job, record.route[0]!)))
    return upload.log.debug('ingest: the job is on its way');
  await tellFirstStage(found, upload, ports);
}

/** An upload URL that was used twice: the first photo counts. */
function logOther({ input }: { input: string }, { log, uri }: Taken): void {
  log.warning('ingest: the job is another upload’s', { input, received: uri });
}

async function tellFirstStage(found: Found<JobRecord>, upload: Taken, ports: IngestPorts): Promise<void> {
  const { record, uri } = found;
  const stage = record.route[0]!;
  if (await wasDeleted(found, upload, ports)) {
    await ports.store.delete(parseUri(uri)!);
    return upload.log.info('ingest: the photo was deleted meanwhile');
  }
  const message = { schema: SCHEMA, job: uri, stage, input: record.input, trace: upload.trace } as const;
  await ports.publisher.publish(stage, message, attributesOf(message));
}

/**
 * Deletion takes the photo first and job.json after: where it found none yet, it left that to us. A photo that was
 * replaced goes on, and ends as INPUT_GONE in its stage, so that the job does end. Nor is it our business once a stage
 * has begun.
 */
async function wasDeleted(found: Found<JobRecord>, { version }: Taken, ports: IngestPorts): Promise<boolean> {
  const { bucket, name } = version;
  if (await ports.store.head({ bucket, name })) return false;
  const { job, route } = found.record;
  return (await ports.records.readTry(job, route[0]!, 1)) === undefined;
}

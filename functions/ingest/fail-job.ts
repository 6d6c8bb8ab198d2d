// The end of a job that no stage ended: failed.json, told of once, and gone again when the job was deleted meanwhile.
import type { CutlineError } from '../../shared/errors.ts';
import { announceFailed } from '../../shared/job-end.ts';
import type { JobRecords } from '../../shared/job-records.ts';
import type { Failed } from '../../shared/message.ts';
import { SCHEMA } from '../../shared/message.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import type { Publisher } from '../../shared/publisher.ts';
import type { Upload } from './upload-event.ts';

export interface FailurePorts {
  readonly store: ObjectStore;
  readonly records: JobRecords;
  readonly publisher: Publisher;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Failure extends Omit<Failed, 'schema' | 'at' | 'error' | 'retryable'> {
  readonly error: Pick<CutlineError, 'code' | 'detail' | 'event'>;
}

/**
 * @param sweepIfDeleted removes what was written of a job that is gone, and says so
 * @returns false when the job was deleted
 * @throws STORE_UNAVAILABLE, PUBLISH_FAILED
 */
export async function endInFailure(
  { error, ...failure }: Failure,
  sweepIfDeleted: () => Promise<boolean>,
  ports: FailurePorts,
): Promise<boolean> {
  const written = await ports.records.createFailed({
    schema: SCHEMA,
    ...failure,
    error: { code: error.code, detail: error.detail },
    retryable: error.event === 'retry',
    at: new Date(ports.now()).toISOString(),
  });
  if (await sweepIfDeleted()) return false;
  await announceFailed(written, ports);
  return !(await sweepIfDeleted());
}

/** For a job that has no job.json, the photo stands for it: deletion removes the photo. One that was replaced is there. */
export async function sweepIfUploadDeleted(
  { version: { bucket, name }, uri, job }: Upload,
  { store, records }: FailurePorts,
): Promise<boolean> {
  if (await store.head({ bucket, name })) return false;
  return await records.sweepIfDeleted(uri, job);
}

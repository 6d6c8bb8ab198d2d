// Many photos asked for at once: sent along, to be uploaded, or lying in the uploads bucket already. All are checked before
// anything is written, and one that is wrong is named.
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectName, ObjectVersion } from '../../shared/gs-uri.ts';
import { formatUri, isObjectName, parseUri } from '../../shared/gs-uri.ts';
import type { StoredObject } from '../../shared/object-store.ts';
import type { Batches } from './batches.ts';
import { inGroups } from './batches.ts';
import type { Asking, CheckedUpload, CreatePorts, GivenUpload } from './create-job.ts';
import { checkPhoto, checkUpload, giveUpload, newId, putPhoto, wishesOf } from './create-job.ts';

export interface BatchCreatePorts extends CreatePorts {
  readonly batches: Pick<Batches, 'write' | 'delete'>;
}

export const MAX_BATCH = 50;

export interface CreatedBatch<Job> {
  readonly batch: string;
  /** In the order in which they were asked for. */
  readonly jobs: readonly Job[];
}

/** @throws OPTIONS_INVALID, REQUEST_INVALID, all that is wrong with a photo, with `file`; STORE_UNAVAILABLE */
export async function createBatchFromFiles(
  asking: Asking & { readonly files: readonly { readonly filename: string; readonly data: Uint8Array }[] },
  ports: BatchCreatePorts,
): Promise<CreatedBatch<{ readonly job: string; readonly file: string }>> {
  const { tenant, files } = asking;
  checkCount(files.length, 'files');
  const wishes = wishesOf(asking);
  const checked = await inGroups(files, async ({ filename, data }, index) =>
    naming(filename || `${index + 1}`, async () => ({
      tenant,
      wishes,
      data,
      kind: await checkPhoto(data, wishes.options, ports),
    })),
  );
  const { batch, jobs } = await beginBatch(asking, checked, ports, putPhoto);
  return { batch, jobs: jobs.map(({ job }, index) => ({ job, file: files[index]!.filename })) };
}

/**
 * @param asking what an upload says of itself goes before what is said of all
 * @throws OPTIONS_INVALID, INVALID_FORMAT, REQUEST_INVALID, STORE_UNAVAILABLE
 */
export async function createBatchOfUploads(
  asking: Asking & {
    readonly uploads: readonly (Omit<Asking, 'tenant'> & { readonly contentType: string })[];
  },
  ports: BatchCreatePorts,
): Promise<CreatedBatch<GivenUpload>> {
  const { tenant, uploads } = asking;
  checkCount(uploads.length, 'uploads');
  const checked = uploads.map((upload) => {
    const options = { ...asking.options, ...upload.options };
    const reference = upload.reference ?? asking.reference;
    return { tenant, ...checkUpload({ tenant, options, reference, contentType: upload.contentType }) };
  });
  const { batch, jobs } = await beginBatch(asking, checked, ports, giveUpload);
  return { batch, jobs: jobs.map(({ result }) => result) };
}

/**
 * Photos that the tenant uploaded before, made again with other options.
 * @param asking its objects are `gs://<uploads bucket>/<prefix><tenant>/…`
 * @throws INPUT_NOT_FOUND with `file` for what is not there or not the tenant's, and as for files
 */
export async function createBatchFromObjects(
  asking: Asking & { readonly objects: readonly string[] },
  ports: BatchCreatePorts,
): Promise<CreatedBatch<{ readonly job: string; readonly file: string }>> {
  const { tenant, objects } = asking;
  checkCount(objects.length, 'objects');
  const wishes = wishesOf(asking);
  const read = async (object: ObjectName | ObjectVersion): Promise<StoredObject> => {
    const found = await ports.store.read(object, ports.limits.maxFileBytes);
    if (!found) throw new CutlineError('INPUT_NOT_FOUND', { message: `${formatUri(object)} is not there` });
    return found;
  };
  // Read twice, as fifty photos at once are more than an instance has memory for.
  const checked = await inGroups(objects, async (uri) =>
    naming(uri, async () => {
      const { info, data } = await read(objectOf(uri, tenant, ports));
      return { tenant, wishes, info, kind: await checkPhoto(data, wishes.options, ports) };
    }),
  );
  const copy = async ({ info, ...photo }: (typeof checked)[number], job: string): Promise<void> =>
    putPhoto({ ...photo, data: (await read(info)).data }, job, ports);
  const { batch, jobs } = await beginBatch(asking, checked, ports, copy);
  return { batch, jobs: jobs.map(({ job }, index) => ({ job, file: objects[index]! })) };
}

/** All or none: what was begun of a batch that cannot be finished is taken back. */
async function beginBatch<Photo extends CheckedUpload, Result>(
  { tenant }: Pick<Asking, 'tenant'>,
  photos: readonly Photo[],
  ports: BatchCreatePorts,
  begin: (photo: Photo, job: string, ports: CreatePorts) => Promise<Result>,
): Promise<CreatedBatch<{ readonly job: string; readonly result: Result }>> {
  const batch = { batch: newId(ports), tenant, jobs: photos.map(() => newId(ports)) };
  await ports.batches.write(batch);
  try {
    const jobs = await inGroups(photos, async (photo, index) => {
      const job = batch.jobs[index]!;
      return { job, result: await begin(photo, job, ports) };
    });
    return { batch: batch.batch, jobs };
  } catch (error) {
    // What cannot be taken back now goes with its lifetime.
    await ports.batches.delete({ schema: 1, ...batch, created: '' }).catch(() => {});
    throw error;
  }
}

function checkCount(count: number, what: string): void {
  if (count >= 1 && count <= MAX_BATCH) return;
  const problem = `expected 1 to ${MAX_BATCH} ${what} but received ${count}`;
  throw new CutlineError('REQUEST_INVALID', { fields: { problem } });
}

/** Which photo of many an error is about. */
async function naming<Result>(file: string, check: () => Promise<Result>): Promise<Result> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof CutlineError)) throw error;
    const { message, cause, fields } = error;
    throw new CutlineError(error.code, { message, cause, fields: { ...fields, file: file.slice(0, 200) } });
  }
}

/** @throws INPUT_NOT_FOUND for all but the tenant's own photos */
function objectOf(uri: string, tenant: string, ports: CreatePorts): ObjectName | ObjectVersion {
  const [, bucket = '', name = ''] = /^gs:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  const object = parseUri(uri) ?? { bucket, name };
  const isOwn =
    object.bucket === ports.uploadsBucket && object.name.startsWith(`${ports.uploadsPrefix}${tenant}/`);
  if (isOwn && isObjectName(object)) return object;
  throw new CutlineError('INPUT_NOT_FOUND', { message: `${uri.slice(0, 200)} is not ${tenant}’s` });
}

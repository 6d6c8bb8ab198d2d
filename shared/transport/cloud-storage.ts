// The object store in Cloud Storage, or an emulator of it. A request whose answer was lost is repeated, so `created` may
// be false for one's own object.
import { createHash } from 'node:crypto';
import { CutlineError } from '../errors.ts';
import type { ObjectName, ObjectVersion } from '../gs-uri.ts';
import { formatUri, isObjectName } from '../gs-uri.ts';
import type { ObjectInfo, ObjectStore, WriteOptions } from '../object-store.ts';
import type { CloudFile, CloudStorageOptions } from './cloud-storage-client.ts';
import { openClient, within } from './cloud-storage-client.ts';
import type { Found } from './cloud-storage-download.ts';
import { download, found, foundCopy } from './cloud-storage-download.ts';
import { statusOf, storeError } from './cloud-storage-errors.ts';
import { checkReadable, checkWritable, isKnown, withLowerCaseKeys } from './object-rules.ts';

/** For a call with all its requests: 100 MB at 10 Mbit/s; a push is given 600 s in all. */
const LIMIT_MS = 120_000;
/** How often an object may come and go under one's eyes before that is an error. */
const ATTEMPTS = 5;
const PAGE = 1000;
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;

/** Asks for nothing until it is called. */
export function createCloudStorage(options: CloudStorageOptions): ObjectStore {
  const { buckets, limitMs = LIMIT_MS } = options;
  const storage = openClient(options);
  const store: ObjectStore = {
    async head(object) {
      return (await pinned(object))?.info;
    },
    async read(object, maxBytes) {
      for (let tries = 0; tries < ATTEMPTS; tries++) {
        const found = await pinned(object);
        if (!found) return undefined;
        const { info, sum } = found;
        checkReadable(info.bytes, maxBytes);
        const file = fileOf(info, info.generation);
        const request = (signal: AbortSignal) => download(file, info.bytes, sum, signal);
        const data = await call(`read ${formatUri(info)}`, request, [NOT_FOUND]);
        if (data) return { info, data };
        if ('generation' in object) return undefined;
      }
      throw unsettled(object);
    },
    async writeIfAbsent(object, data, options) {
      checkWritable(buckets, object);
      for (let tries = 0; tries < ATTEMPTS; tries++) {
        const created = await save(object, data, options, { ifGenerationMatch: 0 });
        if (created) return { object: created, created: true };
        const there = await live(object);
        if (there) return { object: there.info, created: false };
      }
      throw unsettled(object);
    },
    async write(object, data, options) {
      checkWritable(buckets, object);
      const written = await save(object, data, options, {});
      if (!written) throw unsettled(object);
      return written;
    },
    async copyIfAbsent(from, to) {
      checkWritable(buckets, to);
      for (let tries = 0; tries < ATTEMPTS; tries++) {
        const [source, there] = await Promise.all([store.head(from), live(to)]);
        if (!source) return undefined;
        if (there) return { object: there.info, created: false };
        const created = await copy(source, to);
        if (created) return { object: created, created: true };
      }
      throw unsettled(to);
    },
    async *list(bucket, prefix) {
      if (!buckets.includes(bucket)) return;
      let pageToken: string | undefined;
      do {
        const query = { prefix, maxResults: PAGE, autoPaginate: false, ...(pageToken && { pageToken }) };
        const request = async () => {
          const [files, next] = await storage.bucket(bucket).getFiles(query);
          // A console's folders, `a/`, are none of ours.
          const ours = files.filter(({ name }) => isObjectName({ bucket, name }));
          return { page: ours.map(({ metadata }) => found(bucket, metadata).info), next };
        };
        const answer = await call(`list gs://${bucket}/${prefix}`, request, [NOT_FOUND]);
        if (!answer) return;
        yield* answer.page;
        pageToken = answer.next && 'pageToken' in answer.next ? String(answer.next.pageToken) : undefined;
      } while (pageToken);
    },
    async delete(object) {
      if (!isKnown(buckets, object)) return false;
      const generation = 'generation' in object ? object.generation : undefined;
      if (generation !== undefined && !(await pinned(object))) return false;
      const request = () => fileOf(object, generation).delete();
      return (await call(`delete ${formatUri(object)}`, request, [NOT_FOUND])) !== undefined;
    },
  };
  return store;

  function fileOf({ bucket, name }: ObjectName, generation?: string): CloudFile {
    return storage.bucket(bucket).file(name, generation === undefined ? {} : { generation });
  }

  async function live(object: ObjectName): Promise<Found | undefined> {
    const request = async (): Promise<Found> => {
      const [metadata] = await fileOf(object).getMetadata();
      return found(object.bucket, metadata);
    };
    return await call(`look at ${formatUri(object)}`, request, [NOT_FOUND]);
  }

  /** Compared here: asked for by its generation, a bucket that keeps versions would still have an old one. */
  async function pinned(object: ObjectName | ObjectVersion): Promise<Found | undefined> {
    if (!isKnown(buckets, object)) return undefined;
    const there = await live(object);
    return 'generation' in object && there?.info.generation !== object.generation ? undefined : there;
  }

  /** @returns `undefined` where the precondition did not hold */
  async function save(
    object: ObjectName,
    data: Uint8Array,
    { contentType, metadata = {} }: WriteOptions,
    preconditionOpts: { readonly ifGenerationMatch?: number },
  ): Promise<ObjectInfo | undefined> {
    // The server refuses data that does not fit its sum. The client would compare afterwards and delete the object.
    const md5Hash = createHash('md5').update(data).digest('base64');
    const file = fileOf(object);
    const request = async (): Promise<ObjectInfo> => {
      await file.save(Buffer.from(data.buffer, data.byteOffset, data.byteLength), {
        resumable: false,
        validation: false,
        metadata: { contentType, metadata: withLowerCaseKeys(metadata), md5Hash },
        preconditionOpts,
      });
      return found(object.bucket, file.metadata).info;
    };
    return await call(`write ${formatUri(object)}`, request, [PRECONDITION_FAILED]);
  }

  /** @returns `undefined` where the source is gone, or the name is taken */
  async function copy(source: ObjectInfo, to: ObjectName): Promise<ObjectInfo | undefined> {
    const request = async (): Promise<ObjectInfo> => {
      const preconditionOpts = { ifGenerationMatch: 0 };
      const [, answer] = await fileOf(source, source.generation).copy(fileOf(to), { preconditionOpts });
      return foundCopy(to.bucket, answer).info;
    };
    return await call(`copy to ${formatUri(to)}`, request, [NOT_FOUND, PRECONDITION_FAILED]);
  }

  /** @returns `undefined` for an answer with one of these numbers */
  async function call<T>(
    what: string,
    request: (signal: AbortSignal) => Promise<T>,
    absent: readonly number[],
  ): Promise<T | undefined> {
    try {
      return await within(limitMs, request);
    } catch (error) {
      if (absent.includes(statusOf(error) ?? 0)) return undefined;
      throw storeError(what, error);
    }
  }
}

function unsettled(object: ObjectName): CutlineError {
  const message = `Expected ${formatUri(object)} to be still for a moment but it changed ${ATTEMPTS} times`;
  return new CutlineError('STORE_UNAVAILABLE', { message });
}

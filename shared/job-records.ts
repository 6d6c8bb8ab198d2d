// A job's records, read and written through the object store: created once, pinned by generation, gone when deleted.
import type { z } from 'zod';
import type { StageName } from './card.ts';
import { stageNames } from './card.ts';
import type { ErrorCode } from './error-catalogue.ts';
import { CutlineError } from './errors.ts';
import type { ObjectName, ObjectVersion } from './gs-uri.ts';
import { formatUri, parseUri } from './gs-uri.ts';
import type { Root } from './kept.ts';
import { inRoot, roots } from './kept.ts';
import type { Failed } from './message.ts';
import { failedSchema, SCHEMA } from './message.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';
import type { JobRecord, StageRecord, TryRecord } from './records.ts';
import { jobRecordSchema, paths, stageRecordSchema, tryRecordSchema } from './records.ts';

/** What is there after a create-only write: this record, or the one that was first. */
export interface Created<Record> {
  readonly record: Record;
  /** gs://bucket/object#generation */
  readonly uri: string;
  readonly created: boolean;
}

export type Found<Record> = Omit<Created<Record>, 'created'>;

export interface Try {
  /** Its place among all tries of the stage, from 1. */
  readonly number: number;
  /** Writes down what it failed with. */
  fail(code: ErrorCode): Promise<void>;
}

export interface JobRecords {
  /** The job of a message; undefined when it was deleted (or deleted and made again). */
  readJob(uri: string): Promise<JobRecord | undefined>;
  findJob(job: string): Promise<Found<JobRecord> | undefined>;
  createJob(record: JobRecord): Promise<Created<JobRecord>>;
  stage(job: string, stage: StageName): Promise<Found<StageRecord> | undefined>;
  createStage(record: StageRecord): Promise<Created<StageRecord>>;
  failed(job: string): Promise<Found<Failed> | undefined>;
  /** The first failure stays, unless it is `replaces` that a redrive ended in again. */
  createFailed(failed: Failed, replaces?: Found<Failed>): Promise<Created<Failed>>;
  /**
   * Counts a real try before it begins, so that one that ends the process counts too. Tries up to the number `after`
   * are not counted; undefined when there were `limit` since.
   */
  beginTry(
    job: string,
    stage: StageName,
    messageId: string,
    after: number,
    limit: number,
  ): Promise<Try | undefined>;
  readTry(job: string, stage: StageName, number: number): Promise<TryRecord | undefined>;
  isAnnounced(job: string, end: string): Promise<boolean>;
  announce(job: string, end: string): Promise<void>;
  /** Removes the upload, job.json, everything else of the job, what is kept too, and its cache entries, in this order. */
  deleteJob(job: string): Promise<boolean>;
  /**
   * Deletion is final: true when the job of a message is gone, and then what was written after it is gone as well.
   * @param cacheKey of what was just made: its record, which says so, may be gone already
   */
  sweepIfDeleted(uri: string, job: string, cacheKey?: string): Promise<boolean>;
}

/** A record is a few kilobytes; anything larger is not ours. */
const MAX_RECORD_BYTES = 1024 * 1024;
const JSON_TYPE = { contentType: 'application/json' } as const;

export interface JobRecordsOptions {
  readonly store: ObjectStore;
  /** Where the records lie. */
  readonly bucket: string;
  /** Those of jobs, or of what is kept of them after an order. */
  readonly root?: Root;
  now(): number;
}

/** Every call @throws STORE_UNAVAILABLE, INTERNAL for a record that is not as we write it */
export function createJobRecords({ store, bucket, now, root = 'jobs' }: JobRecordsOptions): JobRecords {
  const at = (name: string, below: Root = root): ObjectName => ({ bucket, name: inRoot(name, below) });
  const timestamp = (): string => new Date(now()).toISOString();

  async function read<Schema extends z.ZodType>(
    object: ObjectName,
    schema: Schema,
  ): Promise<Found<z.output<Schema>> | undefined> {
    const found = await store.read(object, MAX_RECORD_BYTES);
    return found && { record: parseRecord(found.data, schema, object), uri: formatUri(found.info) };
  }

  async function create<Record>(name: string, record: Record, schema: z.ZodType<Record>) {
    const { object, created } = await store.writeIfAbsent(at(name), toJson(record), JSON_TYPE);
    if (created) return { record, uri: formatUri(object), created };
    const first = await read(object, schema);
    // Deleted between the two calls: whoever waits for it will look again.
    if (!first) throw new CutlineError('STORE_UNAVAILABLE', { message: `${name} was deleted meanwhile` });
    return { ...first, created };
  }

  /** A record leads to the cache: its pointer goes last, because it may be written as long as the record is there. */
  async function sweep(job: string, below: Root): Promise<void> {
    for await (const object of store.list(bucket, at(paths.folder(job), below).name)) {
      const isRecord = stageNames.some((stage) => object.name === at(paths.record(job, stage), below).name);
      const found = isRecord ? await read(object, stageRecordSchema) : undefined;
      await store.delete(object);
      if (found) await store.delete(at(paths.cache(found.record.cache_key)));
    }
  }

  return {
    async readJob(uri) {
      const version = parseUri(uri);
      return version && (await read(version, jobRecordSchema))?.record;
    },
    findJob: (job) => read(at(paths.job(job)), jobRecordSchema),
    createJob: (record) => create(paths.job(record.job), record, jobRecordSchema),
    stage: (job, stage) => read(at(paths.record(job, stage)), stageRecordSchema),
    createStage: (record) => create(paths.record(record.job, record.stage), record, stageRecordSchema),
    failed: (job) => read(at(paths.failed(job)), failedSchema),
    async createFailed(failed, replaces) {
      if (replaces) await store.delete(parseUri(replaces.uri)!);
      return await create(paths.failed(failed.job), failed, failedSchema);
    },
    async beginTry(job, stage, messageId, after, limit) {
      const record: TryRecord = { schema: SCHEMA, started: timestamp(), message_id: messageId };
      for (let number = after + 1; number <= after + limit; number++) {
        const object = at(paths.try(job, stage, number));
        const { created } = await store.writeIfAbsent(object, toJson(record), JSON_TYPE);
        if (!created) continue;
        const fail = async (code: ErrorCode): Promise<void> => {
          await store.write(object, toJson({ ...record, code }), JSON_TYPE);
        };
        return { number, fail };
      }
      return undefined;
    },
    readTry: async (job, stage, number) =>
      (await read(at(paths.try(job, stage, number)), tryRecordSchema))?.record,
    isAnnounced: async (job, end) => (await store.head(at(paths.announced(job, end)))) !== undefined,
    async announce(job, end) {
      await store.writeIfAbsent(at(paths.announced(job, end)), toJson({ schema: SCHEMA }), JSON_TYPE);
    },
    async deleteJob(job) {
      const live = await read(at(paths.job(job), 'jobs'), jobRecordSchema);
      const found = live ?? (await read(at(paths.job(job), 'kept'), jobRecordSchema));
      // The upload first: ingest looks at it again after job.json is written.
      const input = found?.record.input ?? (await read(at(paths.failed(job)), failedSchema))?.record.input;
      const upload = input === undefined ? undefined : parseUri(input);
      if (upload && !upload.name.startsWith(paths.folder(job))) await store.delete(whollyOf(job, upload));
      for (const below of roots.toReversed()) await store.delete(at(paths.job(job), below));
      for (const below of roots) await sweep(job, below);
      return input !== undefined;
    },
    async sweepIfDeleted(uri, job, cacheKey) {
      const version = parseUri(uri);
      if (version && (await store.head(version))) return false;
      if (cacheKey !== undefined) await store.delete(at(paths.cache(cacheKey)));
      // Made again after it was deleted: what lies there is the new one's.
      if (!(await store.head(at(paths.job(job))))) await sweep(job, root);
      return true;
    },
  };
}

/** A name with the job's id in it is the job's in every version; any other may be another job's by now. */
function whollyOf(job: string, upload: ObjectVersion): ObjectName | ObjectVersion {
  const { bucket, name } = upload;
  return name.includes(job) ? { bucket, name } : upload;
}

export function toJson(record: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(record, undefined, 1)}\n`);
}

/** @throws INTERNAL */
export function parseRecord<Schema extends z.ZodType>(
  data: Uint8Array,
  schema: Schema,
  object: ObjectName | ObjectInfo,
): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(data)));
  } catch (cause) {
    throw new CutlineError('INTERNAL', { message: `${object.name} is no record of ours`, cause });
  }
}

// Jobs that were asked for, from the moment their id is given out: until ingest has written job.json, this alone says that
// there is such a job, whose it is and where its photo is to lie.
import { z } from 'zod';
import { stageNames } from '../../shared/card.ts';
import type { ObjectName } from '../../shared/gs-uri.ts';
import type { JobRecords } from '../../shared/job-records.ts';
import { parseRecord, toJson } from '../../shared/job-records.ts';
import type { Unfinished } from '../../shared/job-state.ts';
import { jobIdSchema, SCHEMA, tenantSchema } from '../../shared/message.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import { paths } from '../../shared/records.ts';

const askedJobSchema = z.object({
  schema: z.literal(SCHEMA),
  job: jobIdSchema,
  tenant: tenantSchema,
  reference: z.string().nullable(),
  upload: z.object({ bucket: z.string(), name: z.string() }),
  route: z.array(z.enum(stageNames)).min(1),
  created: z.iso.datetime(),
  /** When the photo can no longer come. */
  expires: z.iso.datetime(),
});
export type AskedJob = z.infer<typeof askedJobSchema>;

export interface AskedJobsPorts {
  readonly store: ObjectStore;
  /** Of the results. */
  readonly bucket: string;
  readonly records: Pick<JobRecords, 'deleteJob'>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface AskedJobs {
  /** @throws STORE_UNAVAILABLE */
  write(asked: Omit<AskedJob, 'schema' | 'created'>): Promise<void>;
  /**
   * For a job that has no other record: undefined when it was never asked for or was deleted, or when its photo did not
   * come in time.
   */
  find(job: string): Promise<AskedJob | undefined>;
  /** The photo too, where ingest has not seen it yet. @returns false when there was no such job */
  delete(job: string): Promise<boolean>;
}

const MAX_BYTES = 64 * 1024;
const pathOf = (job: string): string => `${paths.folder(job)}asked.json`;

export function createAskedJobs({ store, bucket, records, now }: AskedJobsPorts): AskedJobs {
  const at = (job: string): ObjectName => ({ bucket, name: pathOf(job) });

  async function read(job: string): Promise<AskedJob | undefined> {
    const found = await store.read(at(job), MAX_BYTES);
    return found && parseRecord(found.data, askedJobSchema, found.info);
  }

  return {
    async write(asked) {
      const record: AskedJob = { schema: SCHEMA, ...asked, created: new Date(now()).toISOString() };
      await store.writeIfAbsent(at(asked.job), toJson(record), { contentType: 'application/json' });
    },
    async find(job) {
      const asked = await read(job);
      if (!asked || now() < Date.parse(asked.expires)) return asked;
      return (await store.head(asked.upload)) ? asked : undefined;
    },
    async delete(job) {
      const asked = await read(job);
      // Before all else, so that ingest, which looks again, makes nothing of it any more.
      if (asked) await store.delete(asked.upload);
      const deleted = await records.deleteJob(job);
      return deleted || asked !== undefined;
    },
  };
}

/** Its photo is awaited, or waits itself for ingest. */
export function askedState({ job, reference, created, route }: AskedJob): Unfinished {
  return {
    job,
    reference,
    created,
    status: 'queued',
    route,
    stage: route[0]!,
    progress: 0,
    estimate_ms: null,
    stages_done: [],
    outputs: {},
  };
}

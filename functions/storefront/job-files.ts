// Which files a job has and where they lie: under jobs/, or under kept/ once jobs/ has expired.
import type { StageName } from '../../shared/card.ts';
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectName, ObjectVersion } from '../../shared/gs-uri.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { Box } from '../../shared/image/picture.ts';
import type { JobRecords } from '../../shared/job-records.ts';
import type { Root } from '../../shared/kept.ts';
import { inRoot, roots } from '../../shared/kept.ts';
import type { Output } from '../../shared/message.ts';
import { jobIdSchema } from '../../shared/message.ts';
import type { ObjectInfo, ObjectStore, StoredObject } from '../../shared/object-store.ts';
import type { JobRecord, StageRecord } from '../../shared/records.ts';
import type { AskedJob, AskedJobs } from './asked-jobs.ts';

/** A job that is there, in the one of the two places where it was found. */
export interface LocatedJob {
  readonly job: string;
  readonly tenant: string;
  readonly root: Root;
  readonly records: JobRecords;
  /** Its job.json with the version; absent where ingest refused the photo, or has not seen it yet. */
  readonly found?: { readonly record: JobRecord; readonly uri: string };
  /** Its photo is awaited, or waits itself for ingest. */
  readonly asked?: AskedJob;
}

export interface JobFile {
  readonly name: string;
  readonly output: Output;
  /** Where the subject is, and in a picture of which size; absent for what is not cut out. */
  readonly subject?: { readonly box: Box; readonly in: { readonly width: number; readonly height: number } };
}

export interface JobOutputs {
  /** In the order of the stages. */
  readonly files: readonly JobFile[];
  /** Names of those that are still to come, as far as they can be told; none once the job has ended. */
  readonly pending: readonly string[];
}

export interface JobFiles {
  /** @throws JOB_NOT_FOUND for what is unknown, deleted or no id at all */
  locate(job: string): Promise<LocatedJob>;
  outputs(located: LocatedJob): Promise<JobOutputs>;
  /** @throws FILE_NOT_FOUND naming those that are there; JOB_NOT_READY for one that is still to come */
  file(located: LocatedJob, name: string): Promise<JobFile>;
  /** Undefined when the file was deleted or has expired. */
  head(uri: string): Promise<ObjectInfo | undefined>;
  /** @throws FILE_TOO_LARGE */
  read(uri: string): Promise<StoredObject | undefined>;
}

/** @property kept the same records below kept/ */
export interface JobFilesPorts {
  readonly store: ObjectStore;
  readonly records: Readonly<Record<Root, JobRecords>>;
  /** Jobs of which there is no record yet. */
  readonly asked: Pick<AskedJobs, 'find'>;
}

/** No picture of ours is larger: 48 megapixels of RGBA are 195 MB before they are packed. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

export function createJobFiles({ store, records, asked }: JobFilesPorts): JobFiles {
  const files: JobFiles = {
    async locate(job) {
      if (!jobIdSchema.safeParse(job).success) throw new CutlineError('JOB_NOT_FOUND');
      for (const root of roots) {
        const found = await records[root].findJob(job);
        if (found) return { job, tenant: found.record.tenant, root, records: records[root], found };
      }
      const place = { job, root: 'jobs', records: records.jobs } as const;
      const failed = await records.jobs.failed(job);
      if (failed) return { ...place, tenant: failed.record.tenant };
      const awaited = await asked.find(job);
      if (!awaited) throw new CutlineError('JOB_NOT_FOUND');
      return { ...place, tenant: awaited.tenant, asked: awaited };
    },
    async outputs({ job, found, asked, records }) {
      if (asked) return { files: [], pending: namesOf([], asked.route) };
      if (!found) return { files: [], pending: [] };
      const { route } = found.record;
      const read = await Promise.all(route.map((stage) => records.stage(job, stage)));
      const done = read.flatMap((stage) => stage?.record ?? []);
      const open = route.filter((_, index) => !read[index]);
      const pending =
        open.length > 0 && !(await records.failed(job)) ? namesOf(found.record.options.effects, open) : [];
      return { files: filesOf(done), pending };
    },
    async file(located, name) {
      const { files: there, pending } = await files.outputs(located);
      const file = there.find((each) => each.name === name);
      if (file) return file;
      if (located.asked || pending.includes(name)) throw new CutlineError('JOB_NOT_READY');
      const names = there.map((each) => each.name);
      throw new CutlineError('FILE_NOT_FOUND', { fields: { name: name.slice(0, 60), files: names } });
    },
    head: async (uri) => await firstOf(uri, (object) => store.head(object)),
    read: async (uri) => await firstOf(uri, (object) => store.read(object, MAX_FILE_BYTES)),
  };
  return files;
}

/** What is kept is never replaced, so that its name says enough. */
async function firstOf<Found>(
  uri: string,
  look: (object: ObjectName | ObjectVersion) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const version = parseUri(uri)!;
  const { bucket, name } = version;
  const kept = inRoot(name, 'kept');
  return (await look(version)) ?? (kept === name ? undefined : await look({ bucket, name: kept }));
}

function filesOf(done: readonly StageRecord[]): JobFile[] {
  const cut = done.find(({ stage }) => stage === 'segment');
  const subject = cut?.subject && { box: cut.subject, in: cut };
  return done.flatMap(({ stage, outputs }) =>
    Object.entries(outputs).map(([name, output]) => ({
      name,
      output,
      ...(stage !== 'upscale' && subject && { subject }),
    })),
  );
}

function namesOf(effects: readonly string[], stages: readonly StageName[]): string[] {
  const names = { upscale: ['upscaled'], segment: ['cutout'], effects } as const;
  return stages.flatMap((stage) => names[stage]);
}

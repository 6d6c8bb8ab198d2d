// What a test does with jobs of a chain in the cloud, and wants to know of them.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { formatUri } from '../gs-uri.ts';
import { sharp } from '../image/vips.ts';
import type { JobOptions } from '../job.ts';
import { jobOptionsSchema } from '../job.ts';
import type { Completed, Failed, StageMessage } from '../message.ts';
import type { ObjectInfo } from '../object-store.ts';
import { routeOf } from '../pipeline.ts';
import { paths } from '../records.ts';
import { newTrace } from '../trace.ts';
import type { Cloud } from './cloud-emulators.ts';
import { buckets } from './cloud-emulators.ts';
import type { Seen } from './cloud-inbox.ts';

export interface UploadOptions {
  /** `cutline-…` */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tenant?: string;
  readonly job?: string;
}

export interface Uploaded {
  readonly job: string;
  readonly object: ObjectInfo;
  /** gs://bucket/object#generation */
  readonly uri: string;
}

export interface CloudJobs {
  /** Puts a photo where an upload URL would have it put. */
  upload(photo: Uint8Array, options?: UploadOptions): Promise<Uploaded>;
  /** A job whose photo lies where ingest does not look, and the message for its first stage, sent to nobody. */
  prepare(photo: Uint8Array, options?: Partial<JobOptions>): Promise<{ job: string; message: StageMessage }>;
  /** The documents of a job's end, each as often as it was published. */
  ends(job: string): { readonly completed: readonly Completed[]; readonly failed: readonly Failed[] };
  /** Resolves when it is told, and written down that it was. */
  completed(job: string): Promise<Completed>;
  failed(job: string): Promise<Failed>;
  /** The first message to a stage. */
  message(job: string, stage: StageMessage['stage']): Promise<StageMessage>;
  /** What is kept of a job: names below its folder, and generations. */
  objects(job: string): Promise<ReadonlyMap<string, string>>;
  /** Resolves when there is such an object below the job's folder. */
  kept(job: string, name: string): Promise<void>;
}

export interface Patience {
  soon<Result>(what: string, awaited: Promise<Result>): Promise<Result>;
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>;
}

export function createCloudJobs({ store, records, inbox }: Cloud, { soon, until }: Patience): CloudJobs {
  const put = (name: string, photo: Uint8Array, metadata: Readonly<Record<string, string>>) =>
    store.write({ bucket: buckets.uploads, name }, photo, { contentType: 'image/jpeg', metadata });

  async function kept(job: string, name: string): Promise<void> {
    const object = { bucket: buckets.results, name: paths.folder(job) + name };
    await until(`${name} of ${job}`, async () => (await store.head(object)) !== undefined);
  }

  async function end(topic: 'completed' | 'failed', job: string): Promise<Seen> {
    const seen = await soon(
      `${topic} of ${job}`,
      inbox.first((one) => one.topic === topic && jobOf(one) === job),
    );
    const [found] = topic === 'failed' ? [await records.failed(job)] : [];
    await kept(job, `announced/${found ? `failed-${found.uri.split('#').at(-1)}` : topic}.json`);
    return seen;
  }

  return {
    async upload(photo, { metadata = {}, tenant = 'shop', job = newJob() } = {}) {
      const object = await put(`uploads/${tenant}/${job}.jpg`, photo, metadata);
      return { job, object, uri: formatUri(object) };
    },
    async prepare(photo, given = {}) {
      const job = newJob();
      const input = formatUri(await put(`aside/${job}.jpg`, photo, {}));
      const options = jobOptionsSchema.parse(given);
      const route = routeOf(options);
      const created = new Date().toISOString();
      const about = {
        schema: 1,
        job,
        tenant: 'shop',
        reference: null,
        input,
        options,
        route,
        created,
      } as const;
      const { uri } = await records.createJob(about);
      const trace = newTrace(randomBytes);
      return { job, message: { schema: 1, job: uri, stage: route[0]!, input, trace } };
    },
    ends(job) {
      const on = (topic: string) => inbox.seen.filter((one) => one.topic === topic && jobOf(one) === job);
      return {
        completed: on('completed').map(({ data }) => data as Completed),
        failed: on('failed').map(({ data }) => data as Failed),
      };
    },
    completed: async (job) => (await end('completed', job)).data as Completed,
    failed: async (job) => (await end('failed', job)).data as Failed,
    async message(job, stage) {
      const fits = (one: Seen) => one.topic === stage && jobOf(one).includes(job);
      return (await soon(`a message to ${stage} for ${job}`, inbox.first(fits))).data as StageMessage;
    },
    async objects(job) {
      const folder = paths.folder(job);
      const found = new Map<string, string>();
      for await (const { name, generation } of store.list(buckets.results, folder))
        found.set(name.slice(folder.length), generation);
      return new Map([...found].sort());
    },
    kept,
  };
}

/** A photo that ships. @param width to shrink it to, where its pixels do not matter */
export async function samplePhoto(
  name: 'plush-bear' | 'plush-fox' | 'toy-robot',
  width?: number,
): Promise<Uint8Array> {
  const photo = await readFile(new URL(`../../models/samples/${name}.jpg`, import.meta.url));
  return width === undefined ? photo : await sharp(photo).resize(width).jpeg().toBuffer();
}

export const newJob = (): string => randomBytes(16).toString('hex');

/** In a document its id, in a stage message the record's URI. */
function jobOf({ data }: Seen): string {
  return (data as { job?: string } | undefined)?.job ?? '';
}

// A job that `npm run serve` has done, read from its folder by the product's own schemas.
import type { ExecutionContext } from 'ava';
import { formatUri, parseUri } from '../../../shared/gs-uri.ts';
import { readHeader } from '../../../shared/image/codec.ts';
import type { JobRecords } from '../../../shared/job-records.ts';
import { createJobRecords } from '../../../shared/job-records.ts';
import type { ObjectStore } from '../../../shared/object-store.ts';
import { createFileStore } from '../../../shared/transport/file-store.ts';
import type { Line } from './serving.ts';

export interface Disk {
  readonly store: ObjectStore;
  readonly records: JobRecords;
  /** Names below the results bucket, sorted. */
  names(prefix?: string): Promise<string[]>;
}

export function openDisk(store: ObjectStore): Disk {
  return {
    store,
    records: createJobRecords({ store, bucket: 'results', now: Date.now }),
    names: async (prefix = '') =>
      (await Array.fromAsync(store.list('results', prefix))).map(({ name }) => name).sort(),
  };
}

export const diskOf = (data: string): Disk => openDisk(createFileStore(data));

/** Told of at the end of a photo's job. */
export const doneWith =
  (photo: string) =>
  ({ message }: Line): boolean =>
    message.startsWith(`${photo}: `);

/** Every record and picture of a job of all three stages is there, and says of itself what is so. */
export async function checkJob(
  t: ExecutionContext,
  { store, records, names }: Disk,
  job: string,
  expected: {
    readonly input: string;
    readonly width: number;
    readonly height: number;
    readonly cached?: boolean;
  },
): Promise<void> {
  const { width, height, cached = false } = expected;
  const found = (await records.findJob(job))!;
  t.like(found.record, { job, tenant: 'default', route: ['upscale', 'segment', 'effects'] });
  t.is(parseUri(found.record.input)!.name, expected.input);
  const pictures: string[] = [];
  for (const stage of found.record.route) {
    const { record } = (await records.stage(job, stage))!;
    t.is(record.cached, cached, stage);
    for (const [name, output] of Object.entries(record.outputs)) {
      const { data, info } = (await store.read(parseUri(output.uri)!, Infinity))!;
      const header = await readHeader(data);
      t.like(header, { format: 'PNG', width: output.width, height: output.height }, name);
      t.is(info.bytes, output.bytes);
      pictures.push(`${stage}/${name}: ${output.width}×${output.height}`);
    }
  }
  t.deepEqual(pictures.slice(0, 2), [
    `upscale/upscaled: ${width}×${height}`,
    `segment/cutout: ${width}×${height}`,
  ]);
  t.deepEqual(
    pictures.slice(2).map((text) => text.split(':')[0]),
    ['effects/enhanced-bw', 'effects/color'],
  );
  const tries = cached ? [] : ['effects-1', 'segment-1', 'upscale-1'].map((name) => `tries/${name}.json`);
  // That the end was announced is written after whoever waits for it was told.
  const written = (await names(`jobs/${job}/`)).filter((name) => !name.includes('/announced/'));
  t.deepEqual(written, inJob(job, [...outcome, ...tries]));
}

const outcome = [
  'effects.json',
  'effects/color.png',
  'effects/enhanced-bw.png',
  'job.json',
  'segment.json',
  'segment/cutout.png',
  'upscale.json',
  'upscale/upscaled.png',
];

const inJob = (job: string, names: readonly string[]): string[] =>
  names.map((name) => `jobs/${job}/${name}`).sort();

/** The message that sets a stage of the job in motion once more. */
export async function messageFor(
  { store, records }: Disk,
  job: string,
  stage: 'upscale' | 'segment' | 'effects',
) {
  const found = (await records.findJob(job))!;
  const head = (await store.head(parseUri(found.uri)!))!;
  return { schema: 1, job: formatUri(head), stage, input: found.record.input, trace: '' } as const;
}

/** A body as Pub/Sub pushes it. */
export function pushOf(data: unknown, messageId = 'by-hand'): string {
  const base64 = Buffer.from(JSON.stringify(data)).toString('base64');
  return JSON.stringify({ message: { messageId, data: base64 }, subscription: 'test' });
}

export const postJson = (url: string, body = '{}'): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

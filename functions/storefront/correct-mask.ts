// A mask corrected by hand: its job is made again from the enlarged photo on, with the mask in the model's place. It is a
// job of its own, so that the first one stays as it was delivered.
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectVersion } from '../../shared/gs-uri.ts';
import { formatUri, parseUri } from '../../shared/gs-uri.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { checkBytes } from '../../shared/image/limits.ts';
import { readPngHeader } from '../../shared/image/png-header.ts';
import type { JobRecords } from '../../shared/job-records.ts';
import { inRoot } from '../../shared/kept.ts';
import type { Output } from '../../shared/message.ts';
import { attributesOf, SCHEMA } from '../../shared/message.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import type { Publisher } from '../../shared/publisher.ts';
import type { JobRecord, StageRecord } from '../../shared/records.ts';
import { paths } from '../../shared/records.ts';
import { newId } from './create-job.ts';
import type { LocatedJob } from './job-files.ts';

export interface CorrectPorts {
  readonly store: ObjectStore;
  readonly publisher: Publisher;
  /** Of jobs/. */
  readonly records: JobRecords;
  readonly resultsBucket: string;
  readonly limits: ImageLimits;
  /** Milliseconds since 1970. */
  now(): number;
  randomBytes(count: number): Uint8Array;
}

export interface Correction {
  /** A job that has its cut-out. */
  readonly located: LocatedJob;
  /** A PNG of one channel: 255 is the subject. No larger than the cut-out and of its proportions. */
  readonly mask: Uint8Array;
  /** Whether the cut-out follows the photo's own edges near the mask's; else as the job had it. */
  readonly refine?: boolean;
  /** A `traceparent`. */
  readonly trace: string;
}

/**
 * @returns the new job's id, when it is on its way
 * @throws JOB_NOT_READY before there is a cut-out, FILE_TOO_LARGE, REQUEST_INVALID for what is no such mask, INPUT_GONE
 *   when neither the enlarged photo nor the photo is there any more; STORE_UNAVAILABLE, PUBLISH_FAILED
 */
export async function correctMask(
  correction: Correction,
  ports: CorrectPorts,
): Promise<{ readonly job: string }> {
  const { located, mask, refine, trace } = correction;
  const old = located.found?.record;
  const cut = old && (await located.records.stage(old.job, 'segment'))?.record;
  if (!old || !cut) throw new CutlineError('JOB_NOT_READY');
  checkBytes(mask.byteLength, ports.limits);
  checkMask(mask, cut);
  const job = newId(ports);
  const at = { bucket: ports.resultsBucket, name: paths.mask(job) };
  try {
    const { object } = await ports.store.writeIfAbsent(at, mask, { contentType: 'image/png' });
    const upscale = await takeOver(old, job, located.records, ports);
    const handedOn = upscale?.hands_on ?? old.input;
    if (handedOn === old.input && !(await ports.store.head(parseUri(handedOn)!))) throw gone(handedOn);
    const created = new Date(ports.now()).toISOString();
    const options = { ...old.options, ...(refine !== undefined && { refine }) };
    const record = { ...old, job, mask: formatUri(object), options, created };
    const { uri } = await ports.records.createJob(record);
    const message = { schema: SCHEMA, job: uri, stage: 'segment', input: handedOn, trace } as const;
    await ports.publisher.publish('segment', message, attributesOf(message));
    return { job };
  } catch (error) {
    // What cannot be taken back now goes with its lifetime.
    await takeBack(job, ports).catch(() => {});
    throw error;
  }
}

/** @throws REQUEST_INVALID */
function checkMask(mask: Uint8Array, cut: Pick<StageRecord, 'width' | 'height'>): void {
  const header = readPngHeader(mask);
  if (!header) throw invalid('expected a PNG');
  const { width, height, channels } = header;
  if (channels !== 1) throw invalid(`expected a PNG of one channel but received ${channels} channels`);
  const isWithin = width >= 1 && height >= 1 && width <= cut.width && height <= cut.height;
  // To a pixel of the mask.
  const isAlike =
    Math.abs(width - (height * cut.width) / cut.height) <= 1 ||
    Math.abs(height - (width * cut.height) / cut.width) <= 1;
  if (isWithin && isAlike) return;
  const wanted = `${cut.width}×${cut.height} pixels, or fewer in the same proportions`;
  throw invalid(`expected ${wanted}, but received ${width}×${height}`);
}

/** What upscale made, copied as from the cache; nothing where it had nothing to do. @throws INPUT_GONE */
async function takeOver(
  old: JobRecord,
  job: string,
  records: JobRecords,
  ports: CorrectPorts,
): Promise<StageRecord | undefined> {
  const made = (await records.stage(old.job, 'upscale'))?.record;
  if (!made) return undefined;
  const copies = new Map<string, string>();
  const outputs: Record<string, Output> = {};
  for (const [name, output] of Object.entries(made.outputs)) {
    const target = { bucket: ports.resultsBucket, name: paths.output(job, 'upscale', name, 'png') };
    const source = await liveOf(output.uri, ports.store);
    const copied = source && (await ports.store.copyIfAbsent(source, target));
    if (!copied) throw gone(output.uri);
    outputs[name] = { ...output, uri: formatUri(copied.object) };
    copies.set(output.uri, outputs[name].uri);
  }
  const { record } = await ports.records.createStage({
    ...made,
    job,
    outputs,
    hands_on: copies.get(made.hands_on) ?? made.hands_on,
    cached: true,
    timings_ms: { total: 0 },
    finished: new Date(ports.now()).toISOString(),
  });
  return record;
}

/** There, or where it was kept. */
async function liveOf(uri: string, store: ObjectStore): Promise<ObjectVersion | undefined> {
  const version = parseUri(uri)!;
  const twin = { bucket: version.bucket, name: inRoot(version.name, 'kept') };
  return (await store.head(version)) ?? (twin.name === version.name ? undefined : await store.head(twin));
}

/** Not as deletion does it: the photo is the first job's too. */
async function takeBack(job: string, { store, records, resultsBucket: bucket }: CorrectPorts): Promise<void> {
  const record = { bucket, name: paths.job(job) };
  await store.delete(record);
  await records.sweepIfDeleted(formatUri({ ...record, generation: '0' }), job);
}

function gone(uri: string): CutlineError {
  return new CutlineError('INPUT_GONE', { message: `${uri} is gone` });
}

function invalid(problem: string): CutlineError {
  return new CutlineError('REQUEST_INVALID', { fields: { problem: `mask: ${problem}` } });
}

// One stage over one photo, once for all stages: read → decode → stage → encode → write → record.
import type { StageName } from './card.ts';
import { CutlineError } from './errors.ts';
import { formatUri, parseUri } from './gs-uri.ts';
import type { ImageLimits } from './image/limits.ts';
import { ownLimits } from './image/limits.ts';
import type { Picture, Plane } from './image/picture.ts';
import { firstChannel } from './image/picture.ts';
import type { JobOptions } from './job.ts';
import type { Created, JobRecords } from './job-records.ts';
import type { ModelUsed, Output } from './message.ts';
import { SCHEMA } from './message.ts';
import type { Metrics } from './metrics.ts';
import type { ObjectStore } from './object-store.ts';
import type { Job, PipelineStage } from './pipeline.ts';
import { checkResult } from './pipeline.ts';
import { createPixelRoom, PIXELS_AT_ONCE } from './pixel-room.ts';
import type { JobRecord, StageRecord } from './records.ts';
import { paths } from './records.ts';
import type { ResultCache } from './result-cache.ts';
import { cacheKey } from './result-cache.ts';
import type { Resize, StageResult, TileBudget, Tools } from './stage.ts';
import type { StepClock } from './step-clock.ts';
import { createStepClock } from './step-clock.ts';

/** The models that this service has loaded. */
export interface ServedModels {
  /** @throws MODEL_NOT_FOUND */
  choose(stage: StageName, options: JobOptions): Job;
  /** @throws MODEL_NOT_FOUND, MODEL_LOADING */
  model: Tools['model'];
  tile(): TileBudget;
  readonly device: string;
}

export interface StagePorts {
  readonly store: ObjectStore;
  readonly records: JobRecords;
  readonly cache: ResultCache;
  /** Where outputs go. */
  readonly bucket: string;
  decode(file: Uint8Array, limits: ImageLimits): Promise<{ readonly picture: Picture }>;
  /** To a PNG. */
  encode(picture: Picture): Promise<Uint8Array>;
  readonly resize: Resize;
  readonly models: ServedModels;
  readonly limits: ImageLimits;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface StageWork {
  readonly stage: PipelineStage;
  readonly job: JobRecord;
  /** gs://bucket/object#generation */
  readonly input: string;
  readonly signal?: AbortSignal;
  /** The cache had nothing: from here on the photo costs something. */
  begin(): Promise<void>;
}

/**
 * @returns the record that counts: this one, or that of whoever was first
 * @throws INPUT_GONE, every error that a photo, an option or a model can cause, STORE_UNAVAILABLE
 */
export async function runStage(work: StageWork, ports: StagePorts): Promise<Created<StageRecord>> {
  const { stage, job, input } = work;
  const clock = createStepClock(ports.now, ['read']);
  clock.begin('read');
  const limits = input === job.input ? ports.limits : ownLimits;
  // Let go when it is decoded: between stages files are a hundred megabytes and more.
  let file: Uint8Array | undefined = await readInput(input, limits, ports);
  ports.metrics.bytes('read', stage.name, file.byteLength);
  const mask = stage.takesMask && job.mask !== undefined ? await readMask(job.mask, ports) : undefined;
  const chosen = { ...ports.models.choose(stage.name, job.options), ...(mask && { mask: mask.plane }) };
  const graphs = [...stage.models(chosen), ...stage.helpers].map((id) => ports.models.model(id).card);
  const { tenant } = job;
  const key = cacheKey({ tenant, input: file, stage, job: chosen, graphs, mask: mask?.file });
  const copied = await ports.cache.copy(key, job, input);
  if (copied) {
    const { from, ...copies } = copied;
    return await ports.records.createStage({
      ...from,
      ...copies,
      job: job.job,
      input,
      cached: true,
      timings_ms: clock.end(),
      finished: timestamp(ports),
    });
  }
  await work.begin();
  work.signal?.throwIfAborted();
  clock.begin('decode');
  const { picture } = await ports.decode(file, limits);
  file = undefined;
  if (input === job.input) checkResult(picture, job.options, ports.limits);
  const result = await stage.run(picture, chosen, tools(work, clock, ports));
  work.signal?.throwIfAborted();
  clock.begin('encode');
  const outputs = await writeOutputs(work, result, clock, ports);
  const handed = stage.handsOn === undefined ? undefined : outputs[stage.handsOn];
  const size = handed ?? picture;
  const written = await ports.records.createStage({
    schema: SCHEMA,
    job: job.job,
    stage: stage.name,
    input,
    hands_on: handed?.uri ?? input,
    outputs,
    width: size.width,
    height: size.height,
    subject: result.subject ?? null,
    notes: [...(result.notes ?? [])],
    models: stage.models(chosen).map((id) => modelUsed(id, ports.models)),
    device: ports.models.device,
    timings_ms: clock.end(),
    cached: false,
    cache_key: key,
    finished: timestamp(ports),
  });
  if (written.created) await ports.cache.remember(key, written.uri);
  return written;
}

/** @throws INPUT_GONE */
async function readInput(uri: string, limits: ImageLimits, ports: StagePorts): Promise<Uint8Array> {
  const found = await ports.store.read(parseUri(uri)!, limits.maxFileBytes);
  if (!found) throw new CutlineError('INPUT_GONE', { message: `${uri} is gone` });
  return found.data;
}

async function readMask(uri: string, ports: StagePorts): Promise<{ file: Uint8Array; plane: Plane }> {
  const file = await readInput(uri, ports.limits, ports);
  const { picture } = await ports.decode(file, ownLimits);
  return { file, plane: firstChannel(picture) };
}

function tools(work: StageWork, clock: StepClock, ports: StagePorts): Tools {
  return {
    model: ports.models.model,
    resize: ports.resize,
    tile: ports.models.tile(),
    signal: work.signal,
    progress: (step) => clock.begin(step),
  };
}

async function writeOutputs(
  work: StageWork,
  result: StageResult,
  clock: StepClock,
  ports: StagePorts,
): Promise<Record<string, Output>> {
  const { stage, job } = work;
  const room = createPixelRoom(PIXELS_AT_ONCE);
  const write = async ([name, picture]: [string, Picture]): Promise<[string, Output]> => {
    const file = await ports.encode(picture);
    const target = { bucket: ports.bucket, name: paths.output(job.job, stage.name, name, 'png') };
    const options = { contentType: 'image/png' };
    const { object } = await clock.aside('write', () => ports.store.writeIfAbsent(target, file, options));
    ports.metrics.bytes('written', stage.name, file.byteLength);
    const { width, height } = picture;
    const { bytes, contentType: content_type } = object;
    return [name, { uri: formatUri(object), width, height, bytes, content_type }];
  };
  const written = Object.entries(result.pictures).map((output) =>
    room.run(output[1].width * output[1].height, () => write(output)),
  );
  return Object.fromEntries(await Promise.all(written));
}

function modelUsed(id: string, models: ServedModels): ModelUsed {
  const { sha256, precision, preview } = models.model(id).card;
  return { id, sha256, precision, preview };
}

function timestamp({ now }: StagePorts): string {
  return new Date(now()).toISOString();
}

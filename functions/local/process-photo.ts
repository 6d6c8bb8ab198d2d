// One photo from file to files, and what is said about it.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageName } from '../../shared/card.ts';
import { CutlineError, toCutlineError } from '../../shared/errors.ts';
import type { Background } from '../../shared/finish.ts';
import type { FinishOptions } from '../../shared/finish-options.ts';
import { decode, resize } from '../../shared/image/codec.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { checkBytes } from '../../shared/image/limits.ts';
import type { Box, Picture } from '../../shared/image/picture.ts';
import { releasePicture } from '../../shared/image/picture.ts';
import type { Job } from '../../shared/pipeline.ts';
import type { PrintCheck, PrintSize } from '../../shared/print-size.ts';
import { checkPrint, largestPrints } from '../../shared/print-size.ts';
import { runPipeline } from '../../shared/run-pipeline.ts';
import { createDelivery } from './deliver.ts';
import type { Photo } from './find-photos.ts';
import type { OpenModels } from './open-models.ts';
import { createResultFiles } from './result-files.ts';

/** What the command says about one photo; printed as a line of JSON with `--json`. */
export interface PhotoReport {
  readonly input: string;
  readonly ok: boolean;
  readonly width: number | null;
  readonly height: number | null;
  readonly subject: Box | null;
  readonly outputs?: {
    readonly upscaled: string | null;
    readonly cutout: string;
    readonly effects: Readonly<Record<string, string>>;
  };
  readonly models: {
    readonly upscale: string | null;
    readonly segment: string;
    readonly effects: readonly string[];
  };
  readonly preview_models: boolean;
  /** The command that brings the full models, where previews served. */
  readonly full_models: string | null;
  readonly device: string;
  /** The largest good prints of the cut-out as delivered. */
  readonly largest_prints?: readonly PrintSize[];
  readonly print_check?: PrintCheck;
  readonly notes: readonly string[];
  readonly timings_ms: Readonly<Record<string, number>>;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface PhotoPorts {
  readonly models: OpenModels;
  /** The command that brings the full models of these stages; undefined where there are none. */
  fullModels(stages: readonly StageName[]): string | undefined;
  readonly limits: ImageLimits;
  readonly finish: FinishOptions;
  readonly background: Background | undefined;
  readonly out: string;
  readonly signal: AbortSignal;
  progress(step: string, fraction: number): void;
  log(line: string): void;
  /** Sees every picture on its way out, the decoded photo first: for the contact sheet. */
  show(name: string, picture: Picture): Promise<void>;
}

/** Never throws for a photo's sake: a failure is a report with `ok: false`, and leaves no file behind. */
export async function processPhoto(photo: Photo, job: Job, ports: PhotoPorts): Promise<PhotoReport> {
  const files = await createResultFiles(join(ports.out, photo.name));
  const { models, signal } = ports;
  const delivery = createDelivery({
    options: ports.finish,
    background: ports.background,
    tools: { model: models.model, tile: models.tile(), signal },
    files,
    limits: ports.limits,
    show: ports.show,
  });
  const begin = performance.now();
  try {
    const file = await readPhoto(photo.path, ports.limits);
    const result = await runPipeline(file, job, {
      decode,
      resize,
      model: models.model,
      tile: models.tile,
      now: () => performance.now(),
      limits: ports.limits,
      signal,
      progress: ports.progress,
      deliver: delivery.deliver,
      release: releasePicture,
    });
    await delivery.complete(photo.name);
    await files.commit();
    const { width, height, subject, notes, timings } = result;
    return {
      ...about(photo, job, ports, delivery.paths.has('upscaled')),
      ok: true,
      width,
      height,
      subject,
      outputs: outputs(delivery.paths, job),
      ...printSizes(delivery.size ?? result, ports.finish),
      notes,
      timings_ms: timings,
    };
  } catch (thrown) {
    await files.discard();
    const { code, detail, message } = toCutlineError(thrown);
    // What the public sentence keeps to itself is what an operator needs.
    if (message !== detail) ports.log(`${photo.path}: ${code}: ${message}`);
    const timings = { total: Math.round(performance.now() - begin) };
    const failed = { ok: false, width: null, height: null, subject: null, notes: [], timings_ms: timings };
    return { ...about(photo, job, ports, job.scale !== 1), ...failed, error: { code, message: detail } };
  }
}

function about(photo: Photo, job: Job, ports: PhotoPorts, upscaled: boolean) {
  const used: Readonly<Partial<Record<StageName, string>>> = {
    segment: job.model,
    ...(upscaled && { upscale: job.upscaler }),
  };
  const previews = (Object.keys(used) as StageName[]).filter(
    (stage) => ports.models.model(used[stage]!).card.preview,
  );
  return {
    input: photo.path,
    models: { upscale: upscaled ? job.upscaler : null, segment: job.model, effects: job.effects },
    preview_models: previews.length > 0,
    full_models: ports.fullModels(previews) ?? null,
    device: ports.models.device,
  };
}

function printSizes(size: { width: number; height: number }, options: FinishOptions) {
  const check = options.size === undefined ? {} : { print_check: checkPrint(size, options.size) };
  return { largest_prints: largestPrints(size), ...check };
}

function outputs(written: ReadonlyMap<string, string>, job: Job) {
  return {
    upscaled: written.get('upscaled') ?? null,
    cutout: written.get('cutout')!,
    effects: Object.fromEntries(job.effects.map((id) => [id, written.get(id)!])),
  };
}

/** The size is asked for first, so that a disk image named as a photo is never read. */
async function readPhoto(path: string, limits: ImageLimits): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('Expected a file');
    checkBytes(found.size, limits);
    return await readFile(path);
  } catch (error) {
    if (error instanceof CutlineError) throw error;
    throw new CutlineError('INPUT_NOT_FOUND', { cause: error });
  }
}

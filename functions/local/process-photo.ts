// One photo from file to files, and what is said about it.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CutlineError, toCutlineError } from '../../shared/errors.ts';
import type { ResultFormat } from '../../shared/image/codec.ts';
import { decode, encode, resize } from '../../shared/image/codec.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { checkBytes } from '../../shared/image/limits.ts';
import type { Box, Picture } from '../../shared/image/picture.ts';
import type { Job } from '../../shared/pipeline.ts';
import { runPipeline } from '../../shared/run-pipeline.ts';
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
  readonly device: string;
  readonly notes: readonly string[];
  readonly timings_ms: Readonly<Record<string, number>>;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface PhotoPorts {
  readonly models: OpenModels;
  readonly limits: ImageLimits;
  readonly format: ResultFormat;
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
  const written = new Map<string, string>();
  const timings: Record<string, number> = {};
  const begin = performance.now();
  try {
    const file = await readPhoto(photo.path, ports.limits);
    const result = await runPipeline(file, job, {
      decode,
      resize,
      model: ports.models.model,
      tile: ports.models.tile,
      now: () => performance.now(),
      limits: ports.limits,
      signal: ports.signal,
      progress: ports.progress,
      async deliver(name, picture, stage) {
        await ports.show(name, picture);
        if (stage === 'photo') return;
        written.set(name, await files.write(`${name}.${ports.format}`, await encode(picture, ports.format)));
      },
    });
    await files.commit();
    Object.assign(timings, result.timings);
    const { width, height, subject, notes } = result;
    const usedUpscaler = written.has('upscaled');
    return {
      ...about(photo, job, ports, usedUpscaler),
      ok: true,
      width,
      height,
      subject,
      outputs: outputs(written, job),
      notes,
      timings_ms: timings,
    };
  } catch (thrown) {
    await files.discard();
    const { code, detail, message } = toCutlineError(thrown);
    // What the public sentence keeps to itself is what an operator needs.
    if (message !== detail) ports.log(`${photo.path}: ${code}: ${message}`);
    timings.total = Math.round(performance.now() - begin);
    const failed = { ok: false, width: null, height: null, subject: null, notes: [], timings_ms: timings };
    return { ...about(photo, job, ports, job.scale !== 1), ...failed, error: { code, message: detail } };
  }
}

function about(photo: Photo, job: Job, ports: PhotoPorts, upscaled: boolean) {
  const used = [...(upscaled ? [job.upscaler] : []), job.model];
  return {
    input: photo.path,
    models: { upscale: upscaled ? job.upscaler : null, segment: job.model, effects: job.effects },
    preview_models: used.some((id) => ports.models.model(id).card.preview),
    device: ports.models.device,
  };
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

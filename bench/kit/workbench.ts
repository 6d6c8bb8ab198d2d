// What the benchmarks stand on: the product's models in its own engine, photos of any size, numbers from the command line.
import { availableParallelism } from 'node:os';
import type { OpenModels } from '../../functions/local/open-models.ts';
import { openModels } from '../../functions/local/open-models.ts';
import type { Registry } from '../../models/registry.ts';
import { openRegistry } from '../../models/registry.ts';
import type { Config } from '../../shared/config/parse-config.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { decode, resize } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { sharp } from '../../shared/image/vips.ts';
import type { Job } from '../../shared/pipeline.ts';
import type { Tools } from '../../shared/stage.ts';
import { samplePhoto } from '../../shared/testing/cloud-jobs.ts';

export interface Workbench {
  readonly config: Config;
  readonly registry: Registry;
  readonly models: OpenModels;
  readonly device: string;
  readonly threads: number;
  readonly tools: Tools;
  close(): Promise<void>;
}

/** DEVICE and THREADS are read as the product reads them; the device is the CPU unless one is named. */
export async function openWorkbench(job: Job, modelsFolder?: string): Promise<Workbench> {
  const config = parseConfig({ DEVICE: 'cpu', ...process.env });
  const registry = await openRegistry(modelsFolder);
  const fail = (reason: unknown): never => {
    throw reason;
  };
  const models = await openModels(registry, job, [], config, { onFallback: console.error, onStuck: fail });
  return {
    config,
    registry,
    models,
    device: models.device,
    threads: config.threads ?? availableParallelism(),
    get tools(): Tools {
      return { model: models.model, resize, tile: models.tile(), progress() {} };
    },
    close: () => models.close(),
  };
}

export function benchJob(changes: Partial<Job> = {}): Job {
  return {
    scale: 1,
    effects: [],
    effect_options: {},
    model: 'builtin/segment',
    upscaler: 'builtin/upscale',
    print: false,
    smoothing: true,
    refine: true,
    ...changes,
  };
}

export const benchLimits = { ...defaultLimits, maxFileBytes: 1e9 };

/** A sample photo as a JPEG of exactly this size. */
export async function photoOf(width: number, height: number): Promise<Uint8Array> {
  const photo = await samplePhoto('plush-fox');
  return await sharp(photo).resize(width, height, { fit: 'cover' }).jpeg({ quality: 92 }).toBuffer();
}

export async function pictureOf(width: number, height: number): Promise<Picture> {
  return (await decode(await photoOf(width, height), benchLimits)).picture;
}

/** Of 3:4 portrait proportions, like a phone's, in multiples of 4. */
export function sidesOf(megapixels: number): { readonly width: number; readonly height: number } {
  const width = Math.round(Math.sqrt((megapixels * 1e6 * 3) / 4) / 4) * 4;
  return { width, height: Math.round((megapixels * 1e6) / width / 4) * 4 };
}

/** `--rounds 5` and the like. @throws for anything else */
export function numbersFrom<Name extends string>(
  args: readonly string[],
  defaults: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const found: Record<Name, number> = { ...defaults };
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]!.replace(/^--/, '') as Name;
    const value = Number(args[at + 1]);
    if (!args[at]!.startsWith('--') || !(name in defaults))
      throw new Error(
        `Expected one of ${Object.keys(defaults)
          .map((known) => `--${known}`)
          .join(', ')} but received '${args[at]}'`,
      );
    if (!Number.isInteger(value) || value < 1)
      throw new Error(
        `Expected a whole number from 1 for --${name} but received '${args[at + 1] ?? 'nothing'}'`,
      );
    found[name] = value;
  }
  return found;
}

// One photo cut out by one contender, as the command line does it, and what that took.

import { toCutlineError } from '../../shared/errors.ts';
import type { Decoded } from '../../shared/image/codec.ts';
import { resize } from '../../shared/image/codec.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { alphaPlane, emptyPlane } from '../../shared/image/picture.ts';
import { runPipeline } from '../../shared/run-pipeline.ts';
import type { CutContender } from './contenders.ts';
import { shrinkByArea } from './metrics/shrink.ts';
import type { OpenContenders } from './open-contenders.ts';
import { cutJob } from './open-contenders.ts';
import { watchMemory } from './watch-memory.ts';

export interface MeasurePorts {
  readonly open: OpenContenders;
  readonly limits: ImageLimits;
  readonly signal: AbortSignal;
}

/** What a measurement took, of time and memory. */
export interface Cost {
  readonly device: string;
  readonly timings_ms: Readonly<Record<string, number>>;
  readonly peak_rss_mb: number;
  readonly open_models: number;
}

export interface Cut {
  /** The cut-out at the photo's scale; absent where no subject was found. */
  readonly cutout: Picture | undefined;
  /** Alpha at the photo's own size; empty where no subject was found. */
  readonly matte: Plane;
  readonly cost: Cost;
}

/**
 * A photo in which the model finds nothing has an empty matte: it is measured like any other, so that no model
 * gains by giving up.
 * @throws what the pipeline throws, but NO_SUBJECT
 */
export async function measureCut(photo: Decoded, contender: CutContender, ports: MeasurePorts): Promise<Cut> {
  const { model, upscaler, scale, refine } = contender;
  const set = ports.open.holding(model);
  // At scale 1 nothing asks for the upscaler.
  const job = cutJob(model, upscaler?.id ?? '', scale, refine);
  const memory = watchMemory();
  const began = performance.now();
  let cutout: Picture | undefined;
  let timings: Readonly<Record<string, number>> | undefined;
  try {
    ({ timings } = await runPipeline(new Uint8Array(), job, {
      decode: async () => photo,
      resize,
      model: set.model,
      tile: set.tile,
      now: () => performance.now(),
      async deliver({ name, picture }) {
        if (name === 'cutout') cutout = picture;
      },
      progress() {},
      limits: ports.limits,
      signal: ports.signal,
    }));
  } catch (error) {
    if (toCutlineError(error).code !== 'NO_SUBJECT') throw error;
  } finally {
    memory.stop();
  }
  const { width, height } = photo.picture;
  const alpha = cutout && alphaPlane(cutout);
  return {
    cutout,
    matte: alpha ? shrinkByArea(alpha, scale) : emptyPlane(width, height, 1),
    cost: {
      device: set.device,
      timings_ms: timings ?? { total: Math.round(performance.now() - began) },
      peak_rss_mb: memory.peakMb(),
      open_models: ports.open.count,
    },
  };
}

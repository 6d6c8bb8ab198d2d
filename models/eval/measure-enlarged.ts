// A shrunken copy of a photo enlarged again by one contender, held against the photo itself.
import { upscale } from '../../functions/upscale/stage.ts';
import type { Decoded } from '../../shared/image/codec.ts';
import { decode, encode, resize } from '../../shared/image/codec.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { emptyPlane, paste, withAlpha } from '../../shared/image/picture.ts';
import type { UpscaleContender } from './contenders.ts';
import { BICUBIC } from './contenders.ts';
import type { Cost, MeasurePorts } from './measure-cut.ts';
import type { Figures } from './metrics/score.ts';
import { scoreEnlarged } from './metrics/score.ts';
import { shrinkByArea } from './metrics/shrink.ts';
import { watchMemory } from './watch-memory.ts';

export interface Enlarged {
  readonly figures: Figures;
  readonly cost: Cost;
}

/** The photo's right and lower border are left out where the scale does not divide its size, and so is its alpha. */
export async function measureEnlarged(
  { picture: photo }: Decoded,
  contender: UpscaleContender,
  ports: MeasurePorts,
): Promise<Enlarged> {
  const { scale } = contender;
  const original = wholeSquares(photo, scale);
  const small = await degrade(withAlpha(shrinkByArea(original, scale), undefined), contender, ports);
  const memory = watchMemory();
  const began = performance.now();
  let enlarged: Picture;
  try {
    enlarged = await enlarge({ ...small, ...(photo.grey && { grey: true }) }, contender, ports);
  } finally {
    memory.stop();
  }
  const timings = { total: Math.round(performance.now() - began) };
  return {
    figures: scoreEnlarged(enlarged, original),
    cost: {
      device: contender.model === BICUBIC ? 'cpu' : ports.open.device,
      timings_ms: timings,
      peak_rss_mb: memory.peakMb(),
      open_models: ports.open.count,
    },
  };
}

async function enlarge(
  small: Picture,
  { model, scale }: UpscaleContender,
  ports: MeasurePorts,
): Promise<Picture> {
  if (model === BICUBIC) return await resize(small, small.width * scale, small.height * scale, 'cubic');
  const set = ports.open.holding(model);
  const tools = { model: set.model, resize, tile: set.tile(), signal: ports.signal, progress() {} };
  return (await upscale(small, { scale, upscaler: model }, tools)).pictures.upscaled!;
}

async function degrade(
  small: Picture,
  { jpeg }: UpscaleContender,
  { limits }: MeasurePorts,
): Promise<Picture> {
  if (!jpeg) return small;
  const file = await encode(small, { format: 'jpeg' });
  return (await decode(file, { ...limits, minSide: 1 })).picture;
}

function wholeSquares(photo: Picture, scale: number): Picture {
  const width = photo.width - (photo.width % scale);
  const height = photo.height - (photo.height % scale);
  if (width === photo.width && height === photo.height) return withAlpha(photo, undefined);
  const whole = emptyPlane(width, height, 3);
  paste(photo, { left: 0, top: 0, width, height }, whole, 0, 0);
  return withAlpha(whole, undefined);
}

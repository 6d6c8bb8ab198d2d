// From a job's cut-out to what remove.bg's caller asked for: resized, framed, on its background, encoded.
import { applyFrame } from '../../shared/image/frame.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { checkFrame, ownLimits } from '../../shared/image/limits.ts';
import type { Box, Picture } from '../../shared/image/picture.ts';
import type { Resize } from '../../shared/stage.ts';
import { createStepClock } from '../../shared/step-clock.ts';
import type { RemovebgFrame, Size } from './removebg-frame.ts';
import { removebgFrame } from './removebg-frame.ts';
import type { RemovebgWish } from './removebg-parameters.ts';
import type { PixelPorts } from './render-file.ts';
import { matteOf, noHelpers, renderZip } from './render-file.ts';
import type { Scene } from './scenes.ts';

export interface RemovebgPixels extends PixelPorts {
  readonly resize: Resize;
}

export interface RemovebgWork {
  /** The stage's file. */
  readonly cutout: Uint8Array;
  /** In the cut-out's pixels. */
  readonly subject: Box;
  readonly wish: RemovebgWish;
  /** A picture that was sent along; `wish.colour` is never beside it. */
  readonly backdrop: Uint8Array | undefined;
  readonly limits: ImageLimits;
  readonly signal: AbortSignal;
}

export interface RemovebgResult extends Size {
  readonly data: Uint8Array;
  readonly contentType: string;
  readonly extension: string;
}

const types = {
  png: { contentType: 'image/png', extension: 'png' },
  jpeg: { contentType: 'image/jpeg', extension: 'jpg' },
  webp: { contentType: 'image/webp', extension: 'webp' },
  zip: { contentType: 'application/zip', extension: 'zip' },
} as const;

/** @throws OUTPUT_TOO_LARGE, all that is wrong with a backdrop, and what a helper graph can end in */
export async function renderRemovebg(work: RemovebgWork, pixels: RemovebgPixels): Promise<RemovebgResult> {
  const { wish, signal, limits } = work;
  const { picture } = await pixels.decode(work.cutout, ownLimits);
  const frame = removebgFrame(picture, work.subject, wish);
  checkFrame(frame.result, limits);
  const framed = await applied(picture, work.subject, frame, pixels);
  signal.throwIfAborted();
  const format = formatOf(wish, framed, work.backdrop);
  const helpers = format === 'zip' ? await pixels.helpers() : noHelpers;
  const tools = { ...helpers, signal };
  // The matte alone has no background; everything else is what the caller would see.
  const isMatte = wish.channels === 'alpha' && format !== 'zip';
  const form = { crop: false, margin: '0px', shadow: wish.shadow && !isMatte, match_colors: false };
  const scene = isMatte ? undefined : await sceneOf(work, pixels);
  const finished = await pixels.finish(framed, frame.subject, form, scene, tools);
  signal.throwIfAborted();
  const clock = createStepClock(() => 0);
  const data =
    format === 'zip'
      ? await renderZip(finished, { options: {}, clock }, tools, pixels)
      : await pixels.encode(isMatte ? matteOf(finished) : finished, { format });
  return { data, width: finished.width, height: finished.height, ...types[format] };
}

async function applied(
  cutout: Picture,
  subject: Box,
  { resized, result, frame, subject: box, isPlaced }: RemovebgFrame,
  { resize }: Pick<RemovebgPixels, 'resize'>,
): Promise<Picture> {
  if (!isPlaced) return applyFrame(await resize(cutout, resized.width, resized.height, 'cubic'), frame);
  const alone = await resize(applyFrame(cutout, subject), box.width, box.height, 'cubic');
  return applyFrame(alone, { ...result, left: -box.left, top: -box.top });
}

/** `auto` is PNG where something shows through. */
function formatOf(wish: RemovebgWish, framed: Picture, backdrop: Uint8Array | undefined): keyof typeof types {
  if (wish.format === 'jpg') return 'jpeg';
  if (wish.format !== 'auto') return wish.format;
  const isOpaque = !framed.alpha || wish.colour !== undefined || backdrop !== undefined;
  return isOpaque && wish.channels === 'rgba' ? 'jpeg' : 'png';
}

async function sceneOf(
  { wish, backdrop, limits }: RemovebgWork,
  { decode }: PixelPorts,
): Promise<Scene | undefined> {
  if (wish.colour) return { colour: wish.colour };
  if (!backdrop) return undefined;
  const { picture } = await decode(backdrop, limits);
  return { picture };
}

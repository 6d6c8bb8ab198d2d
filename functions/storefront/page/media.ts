// A photo's pixels in the browser: what was chosen, what came back, and the outline under correction.
import type { Api } from './api.ts';
import type { Outline } from './outline.ts';
import { createOutline } from './outline.ts';
import type { JobFile, JobKey } from './state.ts';

/** A picture that may be smaller than the file it stands for. */
export interface Layer {
  readonly bitmap: ImageBitmap;
  /** As it came. */
  readonly blob: Blob;
  /** Of the file. */
  readonly width: number;
  readonly height: number;
}

export interface Media {
  readonly file: File;
  /** Undefined until it is decoded, or where only the service can. */
  before: Layer | undefined;
  /** By the file's name: `cutout` and the looks. */
  readonly layers: Map<string, Promise<Layer>>;
  own: ImageBitmap | undefined;
  outline: Outline | undefined;
  stop: AbortController;
}

/** A screen has hardly more; and four bytes for every pixel of several pictures add up. */
export const SCREEN_SIDE = 1600;

export function newMedia(file: File): Media {
  return {
    file,
    before: undefined,
    layers: new Map(),
    own: undefined,
    outline: undefined,
    stop: new AbortController(),
  };
}

/** @throws where the browser cannot decode it */
export async function openLayer(blob: Blob, side = SCREEN_SIDE): Promise<Layer> {
  const whole = await createImageBitmap(blob);
  const { width, height } = whole;
  const factor = side / Math.max(width, height);
  if (factor >= 1) return { bitmap: whole, blob, width, height };
  const bitmap = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(width * factor)),
    resizeHeight: Math.max(1, Math.round(height * factor)),
    resizeQuality: 'high',
  });
  whole.close();
  return { bitmap, blob, width, height };
}

/** Fetched once; what failed is fetched again when it is asked for again. */
export function layerOf(media: Media, name: string, file: JobFile, key: JobKey, api: Api): Promise<Layer> {
  const found = media.layers.get(name);
  if (found) return found;
  const fetched = api.file(file.preview, key, { size: 'screen' }, media.stop.signal);
  // It stands for the file, whose pixels it has fewer of.
  const layer = fetched.then(async (blob) => ({ ...(await openLayer(blob)), ...sizeOf(file) }));
  media.layers.set(name, layer);
  layer.catch(() => media.layers.delete(name));
  return layer;
}

function sizeOf({ width, height }: JobFile): Pick<Layer, 'width' | 'height'> {
  return { width, height };
}

/** The outline under correction, made when it is first needed. */
export function outlineOf(media: Media, cutout: Layer): Outline {
  media.outline ??= createOutline(cutout.bitmap, media.before?.bitmap ?? cutout.bitmap);
  return media.outline;
}

/** After a correction: all that was made of the old outline is old. */
export function forgetLayers(media: Media): void {
  // They may be on the screen until the new ones are there.
  media.layers.clear();
  media.outline = undefined;
}

export function closeMedia(media: Media): void {
  media.stop.abort(new DOMException('The photo was taken away', 'AbortError'));
  forgetLayers(media);
  media.before?.bitmap.close();
  media.own?.close();
}

// A chosen file, looked at before it is sent: what it is, how large, and what the browser can show of it.
import type { Media } from './media.ts';
import { openLayer } from './media.ts';
import type { Size } from './photo-check.ts';
import { canShow, checkFile, checkSides, contentTypeOf, fittingScale, heicSize } from './photo-check.ts';
import type { Catalogue, Problem } from './state.ts';

export interface ReadPhoto {
  readonly type: string | undefined;
  readonly size: Size | undefined;
  /** An address of what the browser can show. */
  readonly picture: string | undefined;
  readonly scale: number;
  readonly problem: Problem | undefined;
}

/** Where HEIC keeps its properties. */
const HEAD_BYTES = 64 * 1024;

/** @param scale as the shop wishes it; a smaller one where the result would be too large */
export async function readPhoto(media: Media, scale: number, catalogue: Catalogue): Promise<ReadPhoto> {
  const { file } = media;
  const { limits } = catalogue;
  const nothing = { type: undefined, size: undefined, picture: undefined, scale };
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const checked = checkFile(head, file.size, limits);
  if ('problem' in checked) return { ...nothing, ...checked };
  const { format } = checked;
  // Some browsers decode HEIC and some do not.
  media.before = await openLayer(file).catch(() => undefined);
  const isShown = media.before !== undefined;
  const picture = isShown ? URL.createObjectURL(file) : undefined;
  const size = media.before ?? (format === 'HEIC' ? heicSize(head) : undefined);
  const found = { ...nothing, type: contentTypeOf(format), picture, size: size && sizeOf(size) };
  if (!isShown && canShow(format)) return { ...found, problem: { code: 'IMAGE_CORRUPT' } };
  const problem = size && checkSides(size, limits);
  return { ...found, scale: fittingScale(size, scale, catalogue), problem };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

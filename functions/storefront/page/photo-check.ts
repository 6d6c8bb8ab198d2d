// What is wrong with a photo, before anything of it is sent: the service's own rules, with the service's own limits.

import type { PictureFormat } from '../../../shared/image/sniff.ts';
import { describeContent, sniff } from '../../../shared/image/sniff.ts';
import type { Limits, Problem } from './state.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

const types: Readonly<Record<PictureFormat, string>> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  WEBP: 'image/webp',
  AVIF: 'image/avif',
  GIF: 'image/gif',
  BMP: 'image/bmp',
  HEIC: 'image/heic',
};

/** Formats that every browser shows: one that it cannot show is damaged. */
const shown = new Set<PictureFormat>(['JPEG', 'PNG', 'WEBP', 'GIF']);

export function contentTypeOf(format: PictureFormat): string {
  return types[format];
}

export function canShow(format: PictureFormat): boolean {
  return shown.has(format);
}

/** As people write it. */
export function formatTitle(format: string): string {
  return format === 'WEBP' ? 'WebP' : format;
}

/** @param head the file's first bytes, 64 or more where it has them */
export function checkFile(
  head: Uint8Array,
  bytes: number,
  limits: Limits,
): { readonly format: PictureFormat } | { readonly problem: Problem } {
  const format = sniff(head);
  if (!format || !limits.formats.includes(format)) {
    const received = describeContent(head);
    return {
      problem: { code: 'INVALID_FORMAT', fields: { received, supported: limits.formats.map(formatTitle) } },
    };
  }
  if (bytes > limits.max_file_bytes)
    return { problem: { code: 'FILE_TOO_LARGE', fields: { bytes, max_bytes: limits.max_file_bytes } } };
  return { format };
}

export function checkSides({ width, height }: Size, limits: Limits): Problem | undefined {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  if (short < limits.min_side)
    return { code: 'IMAGE_TOO_SMALL', fields: { width, height, min_side: limits.min_side } };
  const { max_long_side, max_short_side, max_pixels } = limits;
  if (long > max_long_side || short > max_short_side || width * height > max_pixels)
    return {
      code: 'IMAGE_TOO_LARGE',
      fields: { width, height, max_long_side, max_short_side, max_megapixels: max_pixels / 1e6 },
    };
  return undefined;
}

/** The largest scale up to the wished one whose result is not larger than a result may be. */
export function fittingScale(
  size: Size | undefined,
  wished: number,
  {
    limits,
    scales,
  }: {
    readonly limits: Limits;
    readonly scales: readonly number[];
  },
): number {
  const fits = scales.filter(
    (scale) =>
      scale <= wished && (!size || size.width * size.height * scale * scale <= limits.max_output_pixels),
  );
  return Math.max(1, ...fits);
}

/**
 * How large a HEIC picture is, by its largest `ispe` property (ISO/IEC 23008-12, 6.5.3): tiles have smaller ones.
 * @param head its first bytes, 64 KiB or so
 */
export function heicSize(head: Uint8Array): Size | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const ISPE = 0x69737065;
  let largest: Size | undefined;
  for (let at = 4; at + 16 <= head.length; at++) {
    if (head[at] !== 0x69 || view.getUint32(at) !== ISPE) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

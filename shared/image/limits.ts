// What is refused before any pixel is decoded, and in which order (the brief, sections 3.2 and 6.1).
import { CutlineError } from '../errors.ts';
import type { PictureFormat } from './sniff.ts';
import { supportedFormats } from './sniff.ts';

const MEGA = 1_000_000;
const MEBI = 1024 * 1024;

export interface ImageLimits {
  readonly maxFileBytes: number;
  /** Decoded RGBA bytes ÷ file bytes. */
  readonly maxDecompressionRatio: number;
  /** Below this many pixels a high ratio is harmless: a plain white logo is no bomb. */
  readonly ratioCountsAbovePixels: number;
  readonly maxLongSide: number;
  readonly maxShortSide: number;
  readonly maxPixels: number;
  readonly minSide: number;
  readonly maxOutputPixels: number;
}

export const defaultLimits: ImageLimits = {
  maxFileBytes: 10 * MEBI,
  maxDecompressionRatio: 1000,
  ratioCountsAbovePixels: 4 * MEGA,
  maxLongSide: 7680,
  maxShortSide: 4320,
  maxPixels: 50 * MEGA,
  minSide: 64,
  // What is sold as 48 megapixels is 8064×6048: twice the sides of the 4032×3024 that phones take.
  maxOutputPixels: 8064 * 6048,
};

/** Pictures that our own stages wrote are bounded by the result's limit; only what nobody could have written is refused. */
export const ownLimits: ImageLimits = {
  maxFileBytes: 1024 * MEBI,
  maxDecompressionRatio: Infinity,
  ratioCountsAbovePixels: Infinity,
  maxLongSide: Infinity,
  maxShortSide: Infinity,
  maxPixels: Infinity,
  minSide: 1,
  maxOutputPixels: Infinity,
};

/** What a file's header says, before anything is decoded. */
export interface Header {
  readonly bytes: number;
  readonly format: PictureFormat | undefined;
  /** After orientation. */
  readonly width: number;
  readonly height: number;
}

/** @throws FILE_TOO_LARGE */
export function checkBytes(bytes: number, limits: ImageLimits): void {
  if (bytes > limits.maxFileBytes) throw fileTooLarge(bytes, limits.maxFileBytes);
}

/** @param bytes as far as they are known */
export function fileTooLarge(bytes: number, maxBytes: number): CutlineError {
  return new CutlineError('FILE_TOO_LARGE', {
    fields: { file_size_mb: round(bytes / MEBI, 2), max_size_mb: round(maxBytes / MEBI, 2) },
  });
}

/** @throws INVALID_FORMAT when the content's first bytes are none of ours */
export function checkFormat(format: PictureFormat | undefined, received: string): PictureFormat {
  if (format) return format;
  throw new CutlineError('INVALID_FORMAT', {
    fields: { supported_formats: supportedFormats, received_format: received },
  });
}

/** The checks that need the header's width and height. @throws IMAGE_BOMB, IMAGE_TOO_LARGE, IMAGE_TOO_SMALL */
export function checkSize(header: Pick<Header, 'bytes' | 'width' | 'height'>, limits: ImageLimits): void {
  const { bytes, width, height } = header;
  const pixels = width * height;
  const decoded = pixels * 4;
  const ratio = decoded / bytes;
  if (pixels > limits.ratioCountsAbovePixels && ratio > limits.maxDecompressionRatio) {
    throw new CutlineError('IMAGE_BOMB', {
      fields: {
        file_size_bytes: bytes,
        decompressed_size_bytes: decoded,
        ratio: round(ratio, 1),
        max_ratio: limits.maxDecompressionRatio,
      },
    });
  }
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  if (long > limits.maxLongSide || short > limits.maxShortSide || pixels > limits.maxPixels) {
    throw new CutlineError('IMAGE_TOO_LARGE', {
      fields: {
        width,
        height,
        max_long_side: limits.maxLongSide,
        max_short_side: limits.maxShortSide,
        max_megapixels: round(limits.maxPixels / MEGA, 1),
      },
    });
  }
  if (short < limits.minSide) {
    throw new CutlineError('IMAGE_TOO_SMALL', { fields: { width, height, min_side: limits.minSide } });
  }
}

/**
 * @param photo what the upscaler would get
 * @throws OUTPUT_TOO_LARGE, naming the largest of the offered scales that fits
 */
export function checkOutput(
  photo: { readonly width: number; readonly height: number },
  scale: number,
  offered: readonly number[],
  limits: ImageLimits,
): void {
  const fits = (s: number): boolean => photo.width * s * photo.height * s <= limits.maxOutputPixels;
  if (fits(scale)) return;
  const fitting = offered.filter(fits);
  throw new CutlineError('OUTPUT_TOO_LARGE', {
    fields: {
      width: photo.width * scale,
      height: photo.height * scale,
      limit: `${Math.floor(limits.maxOutputPixels / MEGA)} megapixels`,
      fitting_scale: fitting.length > 0 ? Math.max(...fitting) : null,
      hint: fitting.length > 0 ? `scale ${Math.max(...fitting)} fits` : 'no scale fits this photo',
    },
  });
}

/** @throws OUTPUT_TOO_LARGE when a margin makes the delivered picture larger than any result may be */
export function checkFrame(
  frame: { readonly width: number; readonly height: number },
  limits: ImageLimits,
): void {
  const { width, height } = frame;
  if (width * height <= limits.maxOutputPixels) return;
  const limit = `${Math.floor(limits.maxOutputPixels / MEGA)} megapixels`;
  throw new CutlineError('OUTPUT_TOO_LARGE', {
    fields: { width, height, limit, hint: 'a smaller margin fits' },
  });
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

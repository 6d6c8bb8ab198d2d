// What a page needs to know before anybody sends a photo: limits, looks, backgrounds. Public, the same for all.

import type { ImageLimits } from '../../shared/image/limits.ts';
import { supportedFormats } from '../../shared/image/sniff.ts';
import { scales } from '../../shared/job.ts';
import { looks } from '../effects/looks.ts';

export interface Catalogue {
  readonly limits: {
    readonly max_file_bytes: number;
    /** Pixels. */
    readonly min_side: number;
    readonly max_long_side: number;
    readonly max_short_side: number;
    readonly max_pixels: number;
    /** Of a result. */
    readonly max_output_pixels: number;
    readonly formats: readonly string[];
  };
  readonly scales: readonly number[];
  readonly looks: readonly { readonly name: string; readonly title: string }[];
  /** Addresses are relative to the service's root. */
  readonly backgrounds: readonly {
    readonly name: string;
    readonly picture: string;
    readonly thumbnail: string;
  }[];
}

/** @param backgrounds names of the pictures that ship */
export function catalogueOf(limits: ImageLimits, backgrounds: readonly string[]): Catalogue {
  return {
    limits: {
      max_file_bytes: limits.maxFileBytes,
      min_side: limits.minSide,
      max_long_side: limits.maxLongSide,
      max_short_side: limits.maxShortSide,
      max_pixels: limits.maxPixels,
      max_output_pixels: limits.maxOutputPixels,
      formats: supportedFormats,
    },
    scales,
    looks: Object.entries(looks).map(([name, { title }]) => ({ name, title })),
    backgrounds: backgrounds.map((name) => ({
      name,
      picture: `/backgrounds/${name}.jpg`,
      thumbnail: `/backgrounds/${name}.webp`,
    })),
  };
}

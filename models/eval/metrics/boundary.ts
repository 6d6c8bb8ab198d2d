// How well the contours of two masks follow each other, and which pixels lie near a contour.
import type { Plane } from '../../../shared/image/picture.ts';
import { squaredDistance } from './distance.ts';
import { HALF } from './overlap.ts';

/** Of the diagonal: how far apart two contours may be and still count as the same (DAVIS: `bound_th`). */
const TOLERANCE = 0.008;
/** Of the diagonal: half the width of the band at the edge that is measured on its own. */
const BAND = 0.01;

export interface Contour {
  readonly pixels: number;
  /** width·height samples, 1 on the contour. */
  readonly marked: Uint8Array<ArrayBuffer>;
  /** 1 within the tolerance of the contour. */
  readonly near: Uint8Array<ArrayBuffer>;
  /** 1 within the wider band around it. */
  readonly band: Uint8Array<ArrayBuffer>;
}

/**
 * The contour of a mask cut at one half, as DAVIS draws it (seg2bmap of the Berkeley benchmark, Martin et al. 2004):
 * pixels that differ from the one to the right, below or below right.
 */
export function contourOf(mask: Plane): Contour {
  const { width, height, data } = mask;
  const marked = new Uint8Array(width * height);
  let pixels = 0;
  for (let y = 0; y < height; y++) {
    const down = y + 1 < height ? width : 0;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const right = x + 1 < width ? 1 : 0;
      const inside = data[i]! >= HALF;
      const differs =
        data[i + right]! >= HALF !== inside ||
        data[i + down]! >= HALF !== inside ||
        data[i + down + right]! >= HALF !== inside;
      if (!differs) continue;
      marked[i] = 1;
      pixels++;
    }
  }
  const distance = squaredDistance(marked, width, height);
  const diagonal = Math.hypot(width, height);
  const within = (radius: number): Uint8Array<ArrayBuffer> => {
    const most = pixels === 0 ? -1 : radius ** 2;
    const zone = new Uint8Array(distance.length);
    for (let i = 0; i < zone.length; i++) if (distance[i]! <= most) zone[i] = 1;
    return zone;
  };
  return {
    pixels,
    marked,
    near: within(Math.ceil(TOLERANCE * diagonal)),
    band: within(Math.ceil(BAND * diagonal)),
  };
}

export interface BoundaryScore {
  /** Share of our contour that lies near the reference's, 0–1. */
  readonly precision: number;
  /** Share of the reference's contour that lies near ours, 0–1. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f: number;
}

/**
 * Contour accuracy F (Perazzi et al. 2016, “A benchmark dataset and evaluation methodology for video object
 * segmentation”, section 5.1, as DAVIS's own code computes it): pixels of the contours count as matched within
 * 0.8 % of the diagonal. No contour of ours leaves precision 1 and recall 0, none of the reference the reverse;
 * neither is full agreement.
 */
export function boundaryScore(ours: Contour, reference: Contour): BoundaryScore {
  const precision = ours.pixels === 0 ? 1 : matched(ours, reference) / ours.pixels;
  const recall = reference.pixels === 0 ? 1 : matched(reference, ours) / reference.pixels;
  const sum = precision + recall;
  return { precision, recall, f: sum === 0 ? 0 : (2 * precision * recall) / sum };
}

function matched(contour: Contour, other: Contour): number {
  let count = 0;
  for (let i = 0; i < contour.marked.length; i++) count += contour.marked[i]! & other.near[i]!;
  return count;
}

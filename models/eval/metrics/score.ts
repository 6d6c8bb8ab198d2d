// Every figure of one matte against its reference, and of one enlarged picture against its original.
import type { Plane } from '../../../shared/image/picture.ts';
import type { Contour } from './boundary.ts';
import { boundaryScore, contourOf } from './boundary.ts';
import { lumaOf, peakSignalToNoise, structuralSimilarity } from './likeness.ts';
import { compareAlpha, gradientError } from './matting.ts';
import {
  countPixels,
  falsePositiveRate,
  fMeasure,
  intersectionOverUnion,
  precision,
  recall,
  SALIENCY_BETA_SQUARED,
} from './overlap.ts';
import type { Reference } from './reference.ts';
import { completedBy, referenceFrom } from './reference.ts';

/** Shares are 0–1; null where there is nothing to measure. */
export type Figures = Readonly<Record<string, number | null>>;

/** A reference with what does not depend on the matte worked out once. */
export interface PreparedReference {
  readonly reference: Reference;
  readonly contour: Contour;
}

export function prepareReference(reference: Reference): PreparedReference {
  const { width, height, alpha } = reference;
  return { reference, contour: contourOf({ width, height, channels: 1, data: alpha }) };
}

/** @param matte 0–255, one channel, of the reference's size */
export function scoreMatte(matte: Plane, { reference, contour }: PreparedReference): Figures {
  const counts = countPixels(matte, reference);
  const difference = compareAlpha(matte, reference);
  const known = reference.known ? contourOf(completedBy(matte, reference)) : contour;
  const boundary = boundaryScore(contourOf(matte), known);
  const hasEdge = contour.pixels > 0;
  return {
    iou: intersectionOverUnion(counts),
    f1: fMeasure(counts),
    f_beta: fMeasure(counts, SALIENCY_BETA_SQUARED),
    precision: precision(counts),
    recall: recall(counts),
    mae: difference.meanAbsoluteError,
    sad: difference.sumOfAbsoluteDifferences,
    gradient: gradientError(matte, reference),
    boundary_f: boundary.f,
    boundary_precision: boundary.precision,
    boundary_recall: boundary.recall,
    false_positive_rate: falsePositiveRate(counts),
    edge_iou: hasEdge ? intersectionOverUnion(countPixels(matte, reference, contour.band)) : null,
    edge_mae: hasEdge ? compareAlpha(matte, reference, contour.band).meanAbsoluteError : null,
  };
}

/** How far two mattes of one size agree; neither counts as the truth. */
export function compareMattes(a: Plane, b: Plane): Figures {
  const reference = referenceFrom(b, false);
  return {
    iou: intersectionOverUnion(countPixels(a, reference)),
    mae: compareAlpha(a, reference).meanAbsoluteError,
  };
}

/** Equal pictures count as this, so that means stay finite. */
const MOST_DECIBELS = 100;

/** @param original of the same size as the enlarged picture, three channels */
export function scoreEnlarged(enlarged: Plane, original: Plane): Figures {
  const [a, b] = [lumaOf(enlarged), lumaOf(original)];
  const ssim = structuralSimilarity(a, b);
  return {
    psnr: Math.min(MOST_DECIBELS, peakSignalToNoise(a, b)),
    ssim: Number.isNaN(ssim) ? null : ssim,
  };
}

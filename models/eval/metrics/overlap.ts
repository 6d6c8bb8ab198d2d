// How well two masks cover each other, counted in pixels after both are cut at one half.
import type { Plane } from '../../../shared/image/picture.ts';
import type { Reference } from './reference.ts';

/** A sample from here on counts as the subject: 128 of 255. */
export const HALF = 128;

/** Pixels by what they are and what they were taken for. */
export interface Counts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/**
 * @param matte 0–255, one channel, of the reference's size
 * @param within only pixels that are not 0 here count; unknown pixels of the reference never do
 */
export function countPixels(matte: Plane, reference: Reference, within?: Uint8Array): Counts {
  const { alpha, known } = reference;
  // Indexed by 2·(is the subject) + (was taken for it).
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < alpha.length; i++) {
    if ((known && known[i] === 0) || (within && within[i] === 0)) continue;
    counts[(alpha[i]! >= HALF ? 2 : 0) + (matte.data[i]! >= HALF ? 1 : 0)]!++;
  }
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts as [
    number,
    number,
    number,
    number,
  ];
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

/** Intersection over union, 0–1 (Jaccard 1901). Two empty masks agree: 1. */
export function intersectionOverUnion(counts: Counts): number {
  const { truePositives, falsePositives, falseNegatives } = counts;
  return ratio(truePositives, truePositives + falsePositives + falseNegatives, 1);
}

/** Share of what was taken for the subject that is it, 0–1. Nothing taken: 1 if there was nothing, else 0. */
export function precision(counts: Counts): number {
  const { truePositives, falsePositives, falseNegatives } = counts;
  return ratio(truePositives, truePositives + falsePositives, falseNegatives === 0 ? 1 : 0);
}

/** Share of the subject that was found, 0–1. No subject: 1 if nothing was taken for one, else 0. */
export function recall(counts: Counts): number {
  const { truePositives, falsePositives, falseNegatives } = counts;
  return ratio(truePositives, truePositives + falseNegatives, falsePositives === 0 ? 1 : 0);
}

/** What papers on salient objects take, so that precision counts for more (Achanta et al. 2009, section 4.1). */
export const SALIENCY_BETA_SQUARED = 0.3;

/**
 * F_β = (1 + β²)·P·R ÷ (β²·P + R), 0–1 (van Rijsbergen 1979). β² = 1 is F1, the Dice coefficient. It is 0
 * where both are.
 */
export function fMeasure(counts: Counts, betaSquared = 1): number {
  const [p, r] = [precision(counts), recall(counts)];
  return ratio((1 + betaSquared) * p * r, betaSquared * p + r, 0);
}

/** Share of the background that was taken for the subject, FP ÷ (FP + TN), 0–1 (Fawcett 2006). No background: 0. */
export function falsePositiveRate({ falsePositives, trueNegatives }: Counts): number {
  return ratio(falsePositives, falsePositives + trueNegatives, 0);
}

function ratio(part: number, whole: number, otherwise: number): number {
  return whole === 0 ? otherwise : part / whole;
}

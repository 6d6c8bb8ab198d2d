// How alike two pictures are, on their luma, as papers on super-resolution compare them.
import type { Plane } from '../../../shared/image/picture.ts';

export interface Luma {
  readonly width: number;
  readonly height: number;
  /** width·height values, 0–255. */
  readonly data: Float32Array;
}

/** Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, full range as in JPEG) of an sRGB picture of three channels. */
export function lumaOf({ width, height, data }: Plane): Luma {
  const luma = new Float32Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i++, at += 3)
    luma[i] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  return { width, height, data: luma };
}

const PEAK = 255;

/** 10·log₁₀(255² ÷ mean squared difference), in dB; infinite for equal pictures. */
export function peakSignalToNoise(a: Luma, b: Luma): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i]! - b.data[i]!) ** 2;
  return 10 * Math.log10(PEAK ** 2 / (sum / a.data.length));
}

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = (0.01 * PEAK) ** 2;
const C2 = (0.03 * PEAK) ** 2;

const weights = normalised(
  Float64Array.from({ length: WINDOW }, (_, k) => Math.exp(-((k - (WINDOW >> 1)) ** 2) / (2 * SIGMA ** 2))),
);

/**
 * Mean structural similarity, −1…1 (Wang, Bovik, Sheikh & Simoncelli 2004, “Image quality assessment: from error
 * visibility to structural similarity”): window of 11×11, Gaussian of σ = 1.5, K₁ = 0.01, K₂ = 0.03, only where the
 * window is whole, as their code does. NaN for pictures smaller than the window.
 */
export function structuralSimilarity(a: Luma, b: Luma): number {
  const { width, height } = a;
  const columns = width - WINDOW + 1;
  const rows = height - WINDOW + 1;
  if (columns < 1 || rows < 1) return Number.NaN;
  const maps = Array.from({ length: WINDOW }, () =>
    Array.from({ length: 5 }, () => new Float64Array(columns)),
  );
  const sums = Array.from({ length: 5 }, () => new Float64Array(columns));
  let total = 0;
  for (let y = 0; y < height; y++) {
    filterRow(a, b, y, maps[y % WINDOW]!);
    if (y < WINDOW - 1) continue;
    for (const [map, sum] of sums.entries()) {
      sum.fill(0);
      for (let k = 0; k < WINDOW; k++) {
        const [weight, row] = [weights[k]!, maps[(y - WINDOW + 1 + k) % WINDOW]![map]!];
        for (let x = 0; x < columns; x++) sum[x]! += weight * row[x]!;
      }
    }
    total += rowSimilarity(sums);
  }
  return total / (columns * rows);
}

/** One row of a, b, a², b² and ab, smoothed along the row. */
function filterRow(a: Luma, b: Luma, y: number, into: readonly Float64Array[]): void {
  const [meanA, meanB, squareA, squareB, product] = into as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const start = y * a.width;
  for (let x = 0; x < meanA.length; x++) {
    let [sumA, sumB, sumAa, sumBb, sumAb] = [0, 0, 0, 0, 0];
    for (let k = 0; k < WINDOW; k++) {
      const weight = weights[k]!;
      const valueA = a.data[start + x + k]!;
      const valueB = b.data[start + x + k]!;
      sumA += weight * valueA;
      sumB += weight * valueB;
      sumAa += weight * valueA * valueA;
      sumBb += weight * valueB * valueB;
      sumAb += weight * valueA * valueB;
    }
    meanA[x] = sumA;
    meanB[x] = sumB;
    squareA[x] = sumAa;
    squareB[x] = sumBb;
    product[x] = sumAb;
  }
}

function rowSimilarity(sums: readonly Float64Array[]): number {
  let total = 0;
  for (let x = 0; x < sums[0]!.length; x++) {
    const [a, b] = [sums[0]![x]!, sums[1]![x]!];
    const varianceA = sums[2]![x]! - a * a;
    const varianceB = sums[3]![x]! - b * b;
    const covariance = sums[4]![x]! - a * b;
    const luminance = (2 * a * b + C1) / (a * a + b * b + C1);
    total += luminance * ((2 * covariance + C2) / (varianceA + varianceB + C2));
  }
  return total;
}

function normalised(values: Float64Array): Float64Array {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

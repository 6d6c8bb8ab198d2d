// How far a matte's values are from the reference's, and how far its edges are.
import type { Plane } from '../../../shared/image/picture.ts';
import type { Reference } from './reference.ts';
import { completedBy } from './reference.ts';

export interface Difference {
  /** Mean of |α − α*|, 0–1 (Perazzi et al. 2012, “Saliency Filters”, section 4). No pixel: 0. */
  readonly meanAbsoluteError: number;
  /**
   * Sum of |α − α*| ÷ 1000, α 0–1 (Rhemann et al. 2009, “A perceptually motivated online benchmark for image
   * matting”, in thousands as their tables are). It grows with the picture: compare it on the same photos only.
   */
  readonly sumOfAbsoluteDifferences: number;
}

/**
 * @param matte 0–255, one channel, of the reference's size
 * @param within only pixels that are not 0 here count; unknown pixels of the reference never do
 */
export function compareAlpha(matte: Plane, reference: Reference, within?: Uint8Array): Difference {
  const { alpha, known } = reference;
  let sum = 0;
  let pixels = 0;
  for (let i = 0; i < alpha.length; i++) {
    if ((known && known[i] === 0) || (within && within[i] === 0)) continue;
    sum += Math.abs(alpha[i]! - matte.data[i]!);
    pixels++;
  }
  return {
    meanAbsoluteError: pixels === 0 ? 0 : sum / 255 / pixels,
    sumOfAbsoluteDifferences: sum / 255 / 1000,
  };
}

const SIGMA = 1.4;
/** Where the benchmark's own code cuts the filter off. */
const NEGLIGIBLE = 0.01;
const RADIUS = Math.ceil(SIGMA * Math.sqrt(-2 * Math.log(Math.sqrt(2 * Math.PI) * SIGMA * NEGLIGIBLE)));
const TAPS = 2 * RADIUS + 1;

const gauss = Float64Array.from(
  { length: TAPS },
  (_, k) => Math.exp(-((k - RADIUS) ** 2) / (2 * SIGMA ** 2)) / (SIGMA * Math.sqrt(2 * Math.PI)),
);
const slope = gauss.map((weight, k) => (-(k - RADIUS) * weight) / SIGMA ** 2);
// The two-dimensional filter is their product, and so is its norm.
const norm = length(gauss) * length(slope);
const scaledSlope = slope.map((weight) => weight / norm);

/**
 * Gradient error ÷ 1000 (Rhemann et al. 2009): Σ (|∇α| − |∇α*|)², α 0–1, ∇ by first derivatives of a Gaussian of
 * σ = 1.4 whose squared weights sum to 1, over pixels that are known. Beyond the border the border's own pixels
 * are repeated. As the benchmark's code, and mmediting's after it, compute it.
 */
export function gradientError(matte: Plane, reference: Reference): number {
  const { width, height, known } = reference;
  const ours = createGradientRows(matte);
  const theirs = createGradientRows(completedBy(matte, reference));
  const [a, b] = [new Float64Array(width), new Float64Array(width)];
  let sum = 0;
  for (let y = 0; y < height; y++) {
    ours(y, a);
    theirs(y, b);
    for (let x = 0; x < width; x++) {
      if (known?.[y * width + x] !== 0) sum += (a[x]! - b[x]!) ** 2;
    }
  }
  return sum / 1000;
}

/** Rows of |∇α|, to be asked for from top to bottom; only as many rows as the filter is high are held. */
function createGradientRows({ width, height, data }: Plane): (y: number, into: Float64Array) => void {
  const smoothed = Array.from({ length: TAPS }, () => new Float64Array(width));
  const sloped = Array.from({ length: TAPS }, () => new Float64Array(width));
  const padded = new Float64Array(width + 2 * RADIUS);
  const [gx, gy] = [new Float64Array(width), new Float64Array(width)];
  let filtered = 0;

  return (y, into) => {
    const last = Math.min(height - 1, y + RADIUS);
    for (; filtered <= last; filtered++) filterRow(filtered);
    gx.fill(0);
    gy.fill(0);
    for (let k = 0; k < TAPS; k++) {
      const row = Math.max(0, Math.min(height - 1, y + k - RADIUS)) % TAPS;
      const [g, s] = [gauss[k]!, scaledSlope[k]!];
      const [across, along] = [sloped[row]!, smoothed[row]!];
      for (let x = 0; x < width; x++) {
        gx[x]! += g * across[x]!;
        gy[x]! += s * along[x]!;
      }
    }
    for (let x = 0; x < width; x++) into[x] = Math.sqrt(gx[x]! * gx[x]! + gy[x]! * gy[x]!);
  };

  function filterRow(y: number): void {
    for (let x = 0; x < padded.length; x++)
      padded[x] = data[y * width + Math.max(0, Math.min(width - 1, x - RADIUS))]! / 255;
    const [across, along] = [sloped[y % TAPS]!, smoothed[y % TAPS]!];
    for (let x = 0; x < width; x++) {
      let [sum, difference] = [gauss[RADIUS]! * padded[x + RADIUS]!, 0];
      for (let k = 1; k <= RADIUS; k++) {
        const [before, after] = [padded[x + RADIUS - k]!, padded[x + RADIUS + k]!];
        sum += gauss[RADIUS + k]! * (before + after);
        difference += scaledSlope[RADIUS + k]! * (after - before);
      }
      along[x] = sum;
      across[x] = difference;
    }
  }
}

function length(weights: Float64Array): number {
  return Math.hypot(...weights);
}

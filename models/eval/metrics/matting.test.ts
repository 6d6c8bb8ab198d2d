import test from 'ava';
import type { Plane } from '../../../shared/image/picture.ts';
import { noise, planeOf } from '../../../shared/testing/pictures.ts';
import { compareAlpha, gradientError } from './matting.ts';
import { completedBy, referenceFrom } from './reference.ts';

const row = (...samples: number[]) => planeOf(samples.length, 1, 1, (x) => samples[x]!);
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

test('Four pixels, two of them off by a fifth: MAE is a tenth, SAD 0.4 thousandths', (t) => {
  const { meanAbsoluteError, sumOfAbsoluteDifferences } = compareAlpha(
    row(0, 51, 255, 255),
    referenceFrom(row(0, 0, 255, 204), false),
  );
  t.true(close(meanAbsoluteError, 0.1));
  t.true(close(sumOfAbsoluteDifferences, 0.0004));
});

test('Alpha is compared only where it is known and within the band', (t) => {
  const reference = referenceFrom(row(0, 128, 255, 0), true);
  t.true(close(compareAlpha(row(51, 255, 255, 0), reference).meanAbsoluteError, 0.2 / 3));
  const band = Uint8Array.of(1, 1, 0, 0);
  t.true(close(compareAlpha(row(51, 255, 255, 0), reference, band).meanAbsoluteError, 0.2));
  t.is(compareAlpha(row(51, 255, 255, 0), reference, Uint8Array.of(0, 1, 0, 0)).meanAbsoluteError, 0);
});

test('In a matte 128 is half transparent, among labels unknown', (t) => {
  t.is(referenceFrom(row(0, 128, 255), false).known, undefined);
  t.deepEqual(referenceFrom(row(0, 128, 255), true).known, Uint8Array.of(255, 0, 255));
  t.is(referenceFrom(row(0, 127, 255), true).known, undefined);
  t.deepEqual(
    completedBy(row(9, 8, 7), referenceFrom(row(0, 128, 255), true)).data,
    Uint8Array.of(0, 8, 255),
  );
});

test('One opaque pixel too many has the gradient of both filters, whose squares sum to 1 each', (t) => {
  const dot = planeOf(21, 19, 1, (x, y) => (x === 10 && y === 9 ? 255 : 0));
  const nothing = referenceFrom(
    planeOf(21, 19, 1, () => 0),
    false,
  );
  t.true(close(gradientError(dot, nothing), 2 / 1000), `${gradientError(dot, nothing)}`);
  t.is(gradientError(dot, referenceFrom(dot, false)), 0);
});

test('A flat difference has no gradient', (t) => {
  const flat = (level: number): Plane => planeOf(12, 10, 1, () => level);
  t.true(gradientError(flat(200), referenceFrom(flat(50), false)) < 1e-20);
});

test('The gradient error is what the formula gives, written out', (t) => {
  const matte = planeOf(14, 11, 1, noise);
  const truth = planeOf(14, 11, 1, (x, y) => noise(x + 50, y + 9, 2));
  const [ours, theirs] = [magnitudes(matte), magnitudes(truth)];
  const expected = ours.reduce((sum, value, i) => sum + (value - theirs[i]!) ** 2, 0) / 1000;
  t.true(close(gradientError(matte, referenceFrom(truth, false)), expected));
});

test('Where nobody knows, the matte is given right and the label draws no edge', (t) => {
  const labels = planeOf(40, 24, 1, (x) => (x < 15 ? 255 : x < 25 ? 128 : 0));
  const matte = planeOf(40, 24, 1, (x) => (x < 20 ? 255 : 0));
  t.is(gradientError(matte, referenceFrom(labels, true)), 0);
  t.true(gradientError(matte, referenceFrom(labels, false)) > 0);
});

/** Rhemann et al. 2009 with two-dimensional filters, as their code writes it. */
function magnitudes({ width, height, data }: Plane): number[] {
  const sigma = 1.4;
  const radius = 4;
  const offsets = Array.from({ length: 2 * radius + 1 }, (_, k) => k - radius);
  const gauss = (x: number): number =>
    Math.exp(-(x ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI));
  const slope = (x: number): number => (-x * gauss(x)) / sigma ** 2;
  const norm = Math.sqrt(
    offsets.flatMap((y) => offsets.map((x) => (gauss(y) * slope(x)) ** 2)).reduce((a, b) => a + b),
  );
  const at = (x: number, y: number): number =>
    data[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))]! / 255;
  return Array.from(data, (_, i) => {
    const [cx, cy] = [i % width, Math.floor(i / width)];
    let [gx, gy] = [0, 0];
    for (const y of offsets) {
      for (const x of offsets) {
        gx += (at(cx + x, cy + y) * gauss(y) * slope(x)) / norm;
        gy += (at(cx + x, cy + y) * gauss(x) * slope(y)) / norm;
      }
    }
    return Math.hypot(gx, gy);
  });
}

import test from 'ava';
import { noise, noisy, pictureOf, plain } from '../../../shared/testing/pictures.ts';
import type { Luma } from './likeness.ts';
import { lumaOf, peakSignalToNoise, structuralSimilarity } from './likeness.ts';

const close = (a: number, b: number, within: number): boolean => Math.abs(a - b) < within;
const grey = (level: number): Luma => lumaOf(plain(16, 12, level, level, level));

test('Luma of red, green and blue, and of white', (t) => {
  const luma = lumaOf(pictureOf(4, 1, (x, _y, c) => (x === c || x === 3 ? 255 : 0)));
  const expected = [76.245, 149.685, 29.07, 255];
  for (const [i, level] of expected.entries()) t.true(close(luma.data[i]!, level, 1e-4));
});

test('A difference of 10 everywhere is 28.13 dB, of 255 0 dB, none infinitely many', (t) => {
  t.true(close(peakSignalToNoise(grey(100), grey(110)), 28.1308, 1e-4));
  t.true(close(peakSignalToNoise(grey(0), grey(255)), 0, 1e-4));
  t.is(peakSignalToNoise(grey(7), grey(7)), Number.POSITIVE_INFINITY);
});

test('Flat pictures differ in luminance alone: (2·100·110 + C₁) ÷ (100² + 110² + C₁)', (t) => {
  const c1 = 6.5025;
  const expected = (22000 + c1) / (22100 + c1);
  t.true(close(structuralSimilarity(grey(100), grey(110)), expected, 1e-6));
});

test('Structural similarity is 1 with itself, below 0 with its negative, and none for what fits no window', (t) => {
  const picture = noisy(24, 18);
  const negative = pictureOf(24, 18, (x, y, c) => 255 - noise(x, y, c));
  t.true(close(structuralSimilarity(lumaOf(picture), lumaOf(picture)), 1, 1e-9));
  t.true(structuralSimilarity(lumaOf(picture), lumaOf(negative)) < 0);
  t.is(structuralSimilarity(lumaOf(noisy(10, 30)), lumaOf(noisy(10, 30))), Number.NaN);
});

test('Structural similarity is what the formula gives, written out', (t) => {
  const a = lumaOf(noisy(14, 12));
  const b = lumaOf(pictureOf(14, 12, (x, y, c) => 0.7 * noise(x, y, c) + 0.3 * noise(x + 40, y, c)));
  t.true(close(structuralSimilarity(a, b), writtenOut(a, b), 1e-9));
});

/** Wang et al. 2004, equations 13 to 16, with a two-dimensional window. */
function writtenOut(a: Luma, b: Luma): number {
  const side = 11;
  const window = Array.from({ length: side * side }, (_, i) =>
    Math.exp(-(((i % side) - 5) ** 2 + (Math.floor(i / side) - 5) ** 2) / (2 * 1.5 ** 2)),
  );
  const total = window.reduce((sum, weight) => sum + weight);
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  const values: number[] = [];
  for (let top = 0; top + side <= a.height; top++) {
    for (let left = 0; left + side <= a.width; left++) {
      const mean = (value: (i: number) => number): number =>
        window.reduce((sum, weight, k) => {
          const i = (top + Math.floor(k / side)) * a.width + left + (k % side);
          return sum + (weight / total) * value(i);
        }, 0);
      const [ma, mb] = [mean((i) => a.data[i]!), mean((i) => b.data[i]!)];
      const va = mean((i) => (a.data[i]! - ma) ** 2);
      const vb = mean((i) => (b.data[i]! - mb) ** 2);
      const cov = mean((i) => (a.data[i]! - ma) * (b.data[i]! - mb));
      values.push(((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma ** 2 + mb ** 2 + c1) * (va + vb + c2)));
    }
  }
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

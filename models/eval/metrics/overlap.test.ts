import test from 'ava';
import { planeOf } from '../../../shared/testing/pictures.ts';
import type { Counts } from './overlap.ts';
import {
  countPixels,
  falsePositiveRate,
  fMeasure,
  intersectionOverUnion,
  precision,
  recall,
  SALIENCY_BETA_SQUARED,
} from './overlap.ts';
import { referenceFrom } from './reference.ts';

const row = (...samples: number[]) => planeOf(samples.length, 1, 1, (x) => samples[x]!);

test('Pixels are counted after both masks are cut at one half', (t) => {
  const reference = referenceFrom(row(255, 200, 128, 127, 60, 0), false);
  t.deepEqual(countPixels(row(255, 128, 127, 128, 0, 127), reference), {
    truePositives: 2,
    falsePositives: 1,
    falseNegatives: 1,
    trueNegatives: 2,
  });
});

test('Unknown labels and what lies outside the band do not count', (t) => {
  const reference = referenceFrom(row(255, 128, 0, 0), true);
  t.deepEqual(countPixels(row(0, 255, 255, 0), reference), {
    truePositives: 0,
    falsePositives: 1,
    falseNegatives: 1,
    trueNegatives: 1,
  });
  t.deepEqual(countPixels(row(0, 255, 255, 0), reference, Uint8Array.of(0, 1, 1, 0)), {
    truePositives: 0,
    falsePositives: 1,
    falseNegatives: 0,
    trueNegatives: 0,
  });
});

const counts = (
  truePositives: number,
  falsePositives: number,
  falseNegatives: number,
  trueNegatives: number,
): Counts => ({ truePositives, falsePositives, falseNegatives, trueNegatives });

// By hand: IoU = TP/(TP+FP+FN), P = TP/(TP+FP), R = TP/(TP+FN), Fβ = (1+β²)PR/(β²P+R), FPR = FP/(FP+TN).
const cases: readonly (readonly [
  name: string,
  counts: Counts,
  expected: readonly [iou: number, p: number, r: number, f1: number, fBeta: number, fpr: number],
])[] = [
  ['two found, one missed, one too many', counts(2, 1, 1, 2), [1 / 2, 2 / 3, 2 / 3, 2 / 3, 2 / 3, 1 / 3]],
  ['twice too much', counts(3, 3, 0, 6), [1 / 2, 1 / 2, 1, 2 / 3, 0.65 / 1.15, 1 / 3]],
  ['half of it', counts(3, 0, 3, 6), [1 / 2, 1, 1 / 2, 2 / 3, 0.65 / 0.8, 0]],
  ['all of it', counts(4, 0, 0, 5), [1, 1, 1, 1, 1, 0]],
  ['nothing of it', counts(0, 0, 4, 5), [0, 0, 0, 0, 0, 0]],
  ['something beside it', counts(0, 2, 4, 2), [0, 0, 0, 0, 0, 1 / 2]],
  ['nothing where nothing is', counts(0, 0, 0, 9), [1, 1, 1, 1, 1, 0]],
  ['something where nothing is', counts(0, 3, 0, 6), [0, 0, 0, 0, 0, 1 / 3]],
  ['all where there is no background', counts(9, 0, 0, 0), [1, 1, 1, 1, 1, 0]],
];

for (const [name, counted, [iou, p, r, f1, fBeta, fpr]] of cases) {
  test(`Overlap by hand: ${name}`, (t) => {
    t.is(intersectionOverUnion(counted), iou);
    t.is(precision(counted), p);
    t.is(recall(counted), r);
    near(t, fMeasure(counted), f1);
    near(t, fMeasure(counted, SALIENCY_BETA_SQUARED), fBeta);
    t.is(falsePositiveRate(counted), fpr);
  });
}

function near(t: { true(value: boolean, message: string): unknown }, value: number, expected: number): void {
  t.true(Math.abs(value - expected) < 1e-12, `${value} against ${expected}`);
}

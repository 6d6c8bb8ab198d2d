import test from 'ava';
import type { Plane } from '../../../shared/image/picture.ts';
import { noisy, planeOf } from '../../../shared/testing/pictures.ts';
import { referenceFrom } from './reference.ts';
import { compareMattes, prepareReference, scoreEnlarged, scoreMatte } from './score.ts';

/** 16×16, opaque left of the edge. */
const half = (edge: number): Plane => planeOf(16, 16, 1, (x) => (x < edge ? 255 : 0));
const prepared = (plane: Plane, labelled = false) => prepareReference(referenceFrom(plane, labelled));

const perfect = {
  iou: 1,
  f1: 1,
  f_beta: 1,
  precision: 1,
  recall: 1,
  mae: 0,
  sad: 0,
  gradient: 0,
  boundary_f: 1,
  boundary_precision: 1,
  boundary_recall: 1,
  false_positive_rate: 0,
  edge_iou: 1,
  edge_mae: 0,
};

test('A matte against itself is perfect', (t) => {
  t.deepEqual(scoreMatte(half(8), prepared(half(8))), perfect);
});

test('An edge two pixels too far right, by hand', (t) => {
  const figures = scoreMatte(half(10), prepared(half(8)));
  // Of 256 pixels 128 are the subject and 32 are taken for it wrongly. Contours may be ceil(0.18) = 1 apart; the band
  // is ceil(0.23) = 1 to either side of column 7: columns 6, 7, 8, of which 8 is wrong.
  const expected: Record<string, number> = {
    iou: 0.8,
    f1: 8 / 9,
    f_beta: 1.04 / 1.24,
    precision: 0.8,
    recall: 1,
    mae: 0.125,
    sad: 0.032,
    boundary_f: 0,
    boundary_precision: 0,
    boundary_recall: 0,
    false_positive_rate: 0.25,
    edge_iou: 2 / 3,
    edge_mae: 1 / 3,
  };
  for (const [name, value] of Object.entries(expected))
    t.true(Math.abs(figures[name]! - value) < 1e-12, `${name}: ${figures[name]}`);
  t.true(figures.gradient! > 0);
  t.deepEqual(Object.keys(figures).sort(), [...Object.keys(expected), 'gradient'].sort());
});

test('What is unknown is neither blamed nor an edge', (t) => {
  const labels = planeOf(16, 16, 1, (x) => (x < 6 ? 255 : x < 11 ? 128 : 0));
  t.deepEqual(scoreMatte(half(8), prepared(labels, true)), perfect);
});

test('A reference without a subject has no edge to measure at', (t) => {
  const empty = scoreMatte(half(0), prepared(half(0)));
  t.deepEqual([empty.iou, empty.boundary_f, empty.edge_iou, empty.edge_mae], [1, 1, null, null]);
  const wrong = scoreMatte(half(4), prepared(half(0)));
  t.deepEqual([wrong.iou, wrong.false_positive_rate, wrong.boundary_precision], [0, 0.25, 0]);
});

test('Two mattes are compared the same way round and back', (t) => {
  t.deepEqual(compareMattes(half(10), half(8)), { iou: 0.8, mae: 0.125 });
  t.deepEqual(compareMattes(half(8), half(10)), { iou: 0.8, mae: 0.125 });
});

test('Equal pictures count as 100 dB; one too small for a window has no similarity', (t) => {
  const { psnr, ssim } = scoreEnlarged(noisy(20, 20), noisy(20, 20));
  t.is(psnr, 100);
  t.true(Math.abs(ssim! - 1) < 1e-9);
  t.is(scoreEnlarged(noisy(8, 20), noisy(8, 20)).ssim, null);
});

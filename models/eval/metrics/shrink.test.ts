import test from 'ava';
import { planeOf } from '../../../shared/testing/pictures.ts';
import { shrinkByArea } from './shrink.ts';

test('Each pixel is the rounded mean of its square; what fills no square is left out', (t) => {
  // biome-ignore format: as it lies
  const samples = [
    0, 255, 10, 20, 99,
    0, 255, 30, 42, 99,
    9, 9, 9, 9, 9,
  ];
  const small = shrinkByArea(
    planeOf(5, 3, 1, (x, y) => samples[y * 5 + x]!),
    2,
  );
  t.deepEqual([small.width, small.height, [...small.data]], [2, 1, [128, 26]]);
});

test('Channels stay apart', (t) => {
  const small = shrinkByArea(
    planeOf(4, 4, 3, (x, _y, c) => [x, 100 + x, 200][c]!),
    4,
  );
  t.deepEqual([...small.data], [2, 102, 200]);
});

test('A factor of 1 is the plane itself', (t) => {
  const plane = planeOf(3, 2, 1, (x) => x);
  t.is(shrinkByArea(plane, 1), plane);
});

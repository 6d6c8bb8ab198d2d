import test from 'ava';
import { blur, smoothOutline } from './blur.ts';

const dot = (side: number): Uint8Array => {
  const data = new Uint8Array(side * side);
  data[(side * side - 1) / 2] = 255;
  return data;
};

test('A blur of no radius is a copy', (t) => {
  const data = dot(3);
  t.deepEqual(blur(data, 3, 3, 0.4), data);
  t.not(blur(data, 3, 3, 0), data);
});

test('Flat stays flat up to the borders', (t) => {
  t.deepEqual(new Set(blur(new Uint8Array(7 * 5).fill(200), 7, 5, 2)), new Set([200]));
});

test('A dot spreads alike in all directions', (t) => {
  const soft = blur(dot(9), 9, 9, 1);
  const at = (x: number, y: number): number => soft[y * 9 + x]!;
  t.true(at(4, 4) > at(5, 4) && at(5, 4) > at(6, 4) && at(6, 4) >= at(7, 4));
  t.is(at(5, 4), at(3, 4));
  t.is(at(4, 5), at(5, 4));
  t.is(at(0, 0), 0);
});

test('A smoothed outline loses a spike and keeps its body, and what is not smoothed is a copy', (t) => {
  const side = 400;
  const data = new Uint8Array(side * side);
  for (let y = 100; y < 300; y++) data.fill(255, y * side + 100, y * side + 300);
  // One pixel wide.
  data.fill(255, 200 * side + 300, 200 * side + 340);
  const smooth = smoothOutline(data, side, side, 100);
  t.is(smooth[200 * side + 200], 255);
  t.is(smooth[200 * side + 320], 0);
  t.is(smooth[50 * side + 50], 0);
  t.deepEqual(smoothOutline(data, side, side, 0), data);
});

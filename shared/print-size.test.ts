import test from 'ava';
import { checkPrint, largestPrints } from './print-size.ts';

test('The largest prints are rounded down to millimetres', (t) => {
  t.deepEqual(largestPrints({ width: 2400, height: 3600 }), [
    { dpi: 300, width_cm: 20.3, height_cm: 30.4 },
    { dpi: 150, width_cm: 40.6, height_cm: 60.9 },
  ]);
});

const checks: readonly (readonly [
  width: number,
  height: number,
  size: string,
  dpi: number,
  verdict: string,
])[] = [
  [2400, 3600, '8x12in', 300, 'sharp'],
  [2399, 3600, '8x12in', 299, 'good on a wall'],
  [3600, 2400, '8x12in', 300, 'sharp'],
  [2400, 2400, '8x12in', 200, 'good on a wall'],
  [1000, 1000, '20x30cm', 84, 'too few pixels'],
  [2362, 3543, '200x300mm', 299, 'good on a wall'],
];

for (const [width, height, size, dpi, verdict] of checks) {
  test(`${width}×${height} pixels on ${size} are ${verdict} at ${dpi} dpi`, (t) => {
    t.deepEqual(checkPrint({ width, height }, size), { size, dpi, verdict } as ReturnType<typeof checkPrint>);
  });
}

test('A size without a unit is refused', (t) => {
  t.throws(() => checkPrint({ width: 1, height: 1 }, '20x30'), { instanceOf: RangeError });
});

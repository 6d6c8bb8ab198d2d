import test from 'ava';
import type { Assumptions } from './bill.ts';
import { bill, DAYS_A_MONTH, simulate } from './bill.ts';
import { regions } from './prices.ts';

const times = { stageSec: [3, 1, 2], coldSec: 20, idleSec: 600, maxInstances: 1 };
const DAY = 86_400;

function billedSec(topology: 'split' | 'fused' | 'always-on', photos: readonly number[]): number {
  return simulate(topology, photos, times).services.reduce((sum, service) => sum + service.billedSec(DAY), 0);
}

// By hand.
test('Split, one photo: three cold starts one after another, and ten idle minutes of each', (t) => {
  t.is(billedSec('split', [0]), 20 + 3 + 600 + (20 + 1 + 600) + (20 + 2 + 600));
  t.deepEqual(simulate('split', [0], times).waits, [23 + 21 + 22]);
});

test('Fused, one photo: one of each', (t) => {
  t.is(billedSec('fused', [0]), 20 + 6 + 600);
  t.deepEqual(simulate('fused', [0], times).waits, [26]);
});

test('Always on: a day is a day, and nobody waits for a start', (t) => {
  t.is(billedSec('always-on', [0, 40_000]), DAY);
  const { waits, cold } = simulate('always-on', [0, 40_000], times);
  t.deepEqual(waits, [6, 6]);
  t.is(cold, 0);
});

test('Split, a second photo 70 seconds later: its stages are all three warm and free', (t) => {
  const { waits, cold } = simulate('split', [0, 70], times);
  t.deepEqual(waits, [66, 6]);
  t.is(cold, 1);
  // Until 73, 74 and 76, from 0, 23 and 44.
  t.is(billedSec('split', [0, 70]), 673 + (674 - 23) + (676 - 44));
});

test('Split, a second photo a minute later: effects works on the first until 66, and on it until 68', (t) => {
  t.deepEqual(simulate('split', [0, 60], times).waits, [66, 8]);
});

test('Split, a second photo that comes while the first waits: it is behind it at every stage', (t) => {
  // Upscaled at 23 and 26; segment is ready at 43: 44 and 45; effects is ready at 64: 66 and 68.
  t.deepEqual(simulate('split', [0, 1], times).waits, [66, 67]);
});

const shop: Assumptions = {
  ...times,
  photosPerDay: 200,
  opens: 9,
  closes: 21,
  days: 30,
  seed: 1,
  cpus: 4,
  memoryGib: 16,
  storedMb: 33,
  keptDays: 30,
  sentMb: 10,
};

test('An instance that is always on costs what its hours cost', (t) => {
  const { lines, gpuHoursPerMonth } = bill('always-on', { ...shop, maxInstances: 1 }, regions['us-east4']);
  t.true(Math.abs(gpuHoursPerMonth - 730) < 1e-9);
  const instance = lines.GPU! + lines['its CPU']! + lines['its memory']!;
  // 730 h × 3600 × (0.0001867 + 4 × 0.000018 + 16 × 0.000002), by hand 763.9596
  t.is(instance.toFixed(4), '763.9596');
});

test('What goes with each photo is in proportion to them', (t) => {
  const { lines, photosPerMonth } = bill('fused', shop, regions['us-east4']);
  const each = (name: string) => lines[name]! / photosPerMonth;
  t.is(each('sent to the Internet').toFixed(9), '0.001200000'); // 10 MB × $0.12
  t.is(each('storage').toFixed(9), (0.033 * 0.023 * (30 / DAYS_A_MONTH)).toFixed(9));
  t.is(each('storage operations').toFixed(9), '0.000100400'); // 18 × 0.000005 + 26 × 0.0000004
  t.is(each('messages').toFixed(12), ((3 * 2 * 40) / 2 ** 30).toFixed(12));
  t.is(each('storefront').toFixed(9), '0.000031300'); // 1 s × (0.000024 + 0.0000025) + 12 × 0.0000004
});

test('A month’s bill is its lines, and a thousand photos are a thousand of its photos', (t) => {
  const found = bill('split', shop, regions['us-east4']);
  const sum = Object.values(found.lines).reduce((a, b) => a + b);
  t.is(found.perMonth, sum);
  t.true(Math.abs(found.per1000 - (1000 * sum) / found.photosPerMonth) < 1e-9);
  t.true(Math.abs(found.photosPerMonth / (200 * DAYS_A_MONTH) - 1) < 0.05);
});

test('Where photos are rare split costs three times fused; where they never stop always on is cheapest or the same', (t) => {
  const rare = { ...shop, photosPerDay: 2, opens: 0, closes: 24, days: 300 };
  const gpu = (topology: 'split' | 'fused' | 'always-on', of: Assumptions) =>
    bill(topology, of, regions['us-east4']).lines.GPU!;
  const ratio = gpu('split', rare) / gpu('fused', rare);
  t.true(ratio > 2.9 && ratio < 3.1, `${ratio}`);
  const busy = { ...shop, photosPerDay: 5000, opens: 0, closes: 24 };
  t.true(gpu('always-on', busy) <= gpu('fused', busy) * 1.001);
});

test('A region of the second tier costs more', (t) => {
  const [first, second] = (['us-east4', 'asia-southeast1'] as const).map((name) =>
    bill('fused', shop, regions[name]),
  );
  t.true(Math.abs(second!.lines.GPU! / first!.lines.GPU! - 1.2) < 1e-9);
});

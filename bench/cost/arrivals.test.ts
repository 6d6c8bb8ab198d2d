import test from 'ava';
import { arrivals, seeded } from './arrivals.ts';

const shop = { photosPerDay: 200, opens: 9, closes: 21, days: 365 };

test('Photos come in shop hours alone, in order', (t) => {
  const found = arrivals({ ...shop, random: seeded(1) });
  t.true(found.every((at, index) => index === 0 || at > found[index - 1]!));
  const hours = found.map((at) => (at % 86_400) / 3600);
  t.true(Math.min(...hours) >= 9 && Math.max(...hours) < 21);
  t.true(new Set(found.map((at) => Math.floor(at / 86_400))).size === 365);
});

test('As many as were asked for, and their count from day to day varies as Poisson’s does: by its own mean', (t) => {
  const found = arrivals({ ...shop, random: seeded(2) });
  const mean = found.length / 365;
  const counts = Array.from({ length: 365 }, () => 0);
  for (const at of found) counts[Math.floor(at / 86_400)]!++;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 365;
  t.true(Math.abs(mean - 200) < 3, `${mean}`);
  t.true(variance / mean > 0.75 && variance / mean < 1.25, `${variance / mean}`);
});

test('Gaps follow from chance by hand: at one photo an hour and ½, ln 2 of an hour each', (t) => {
  const found = arrivals({ photosPerDay: 2, opens: 10, closes: 12, days: 1, random: () => 0.5 });
  const gap = 3600 * Math.LN2;
  t.deepEqual(
    found.map((at) => at.toFixed(6)),
    [36_000 + gap, 36_000 + 2 * gap].map((at) => at.toFixed(6)),
  );
});

test('The same seed gives the same photos, another gives others', (t) => {
  const of = (seed: number) => arrivals({ ...shop, days: 1, random: seeded(seed) });
  t.deepEqual(of(7), of(7));
  t.notDeepEqual(of(7), of(8));
});

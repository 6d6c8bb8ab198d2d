import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { createHourFigures } from './hour-figures.ts';

const MINUTE = 60_000;

function open() {
  const clock = { now: 0 };
  const figures = createHourFigures(() => clock.now);
  const take = (ms: number, error?: Error) =>
    figures.measure(async () => {
      clock.now += ms;
      if (error) throw error;
      return ms;
    });
  return { clock, figures, take };
}

test('Before the first request there is nothing to say', (t) => {
  t.deepEqual(open().figures.read(), { requests: 0, errors: 0, latency: undefined });
});

test('Mean and high percentiles are those of the requests that ended well', async (t) => {
  const { figures, take } = open();
  for (let ms = 1; ms <= 100; ms++) t.is(await take(ms), ms);
  t.deepEqual(figures.read(), { requests: 100, errors: 0, latency: { avg: 50.5, p95: 95, p99: 99 } });
});

test('An error of ours counts as one, and a bad photo as nothing', async (t) => {
  const { figures, take } = open();
  await take(10);
  await t.throwsAsync(take(5, new CutlineError('INFERENCE_ERROR')), { code: 'INFERENCE_ERROR' });
  await t.throwsAsync(take(5, new CutlineError('IMAGE_CORRUPT')), { code: 'IMAGE_CORRUPT' });
  await t.throwsAsync(take(5, new Error('unforeseen')));
  t.deepEqual(figures.read(), { requests: 3, errors: 2, latency: { avg: 10, p95: 10, p99: 10 } });
});

test('An hour later it is forgotten', async (t) => {
  const { clock, figures, take } = open();
  await take(10);
  clock.now += 30 * MINUTE;
  await take(30);
  clock.now += 30 * MINUTE;
  t.deepEqual(figures.read(), { requests: 1, errors: 0, latency: { avg: 30, p95: 30, p99: 30 } });
  clock.now += 31 * MINUTE;
  t.is(figures.read().requests, 0);
});

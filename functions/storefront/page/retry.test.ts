import test from 'ava';
import { delayBefore, isPassing, retryAfterOf } from './retry.ts';

test('Each try waits twice as long as the one before, up to a quarter of a minute, spread by chance', (t) => {
  t.deepEqual(
    [1, 2, 3, 4, 5, 6, 20].map((attempt) => delayBefore(attempt, 0.5)),
    [500, 1000, 2000, 4000, 8000, 15_000, 15_000],
  );
  t.deepEqual([delayBefore(1, 0), delayBefore(1, 1)], [375, 625]);
});

test('No try is made before the service said', (t) => {
  t.is(delayBefore(1, 0.5, 7), 7000);
  t.is(delayBefore(6, 0.5, 7), 15_000);
});

test('Only what may pass is tried again', (t) => {
  t.deepEqual(
    [0, 200, 400, 401, 403, 404, 408, 409, 412, 413, 422, 429, 500, 503, 504].filter(isPassing),
    [0, 408, 429, 500, 503, 504],
  );
});

test('Retry-After is read in seconds and in nothing else', (t) => {
  t.is(retryAfterOf('30'), 30);
  t.is(retryAfterOf(null), undefined);
  t.is(retryAfterOf('Sat, 21 Nov 2026 08:00:00 GMT'), undefined);
});

import test from 'ava';
import { createMetrics } from './prom-metrics.ts';
import { createHourCount } from './prom-metrics-hour.ts';

const MINUTE_MS = 60_000;

test('An hour is the minute that runs and the 59 before it', (t) => {
  let now = 1000 * MINUTE_MS;
  const count = createHourCount(() => now);
  t.is(count.total(), 0);
  count.add();
  count.add();
  now += 30 * MINUTE_MS;
  count.add();
  t.is(count.total(), 3);
  now += 30 * MINUTE_MS - 1;
  t.is(count.total(), 3);
  now += 1;
  t.is(count.total(), 1);
  now += 30 * MINUTE_MS;
  t.is(count.total(), 0);
});

// prom-client reads the clock itself.
test.serial('What is older than an hour is in no figure but that of the start', async (t) => {
  const real = Date.now;
  t.teardown(() => {
    Date.now = real;
  });
  let now = 1000 * MINUTE_MS;
  Date.now = () => now;
  const metrics = createMetrics();
  metrics.stageEnded('upscale', 'completed', 8);
  metrics.stageEnded('upscale', 'failed', 8, 'PROCESSING_TIMEOUT');
  now += 40 * MINUTE_MS;
  for (let n = 0; n < 9; n++) metrics.stageEnded('upscale', 'completed', 2);
  const { latency_ms: both } = await metrics.figures();
  t.true(both!.p99 > 7000);

  now += 21 * MINUTE_MS;
  const later = await metrics.figures();
  t.is(later.requests_last_hour, 9);
  t.is(later.errors_last_hour, 0);
  t.deepEqual(later.latency_ms, { p50: 2000, p95: 2000, p99: 2000 });
  t.is(later.upscaler_success_rate, 10 / 11);

  now += 61 * MINUTE_MS;
  const idle = await metrics.figures();
  t.is(idle.requests_last_hour, 0);
  t.is(idle.latency_ms, null);

  metrics.stageEnded('upscale', 'completed', 1);
  t.deepEqual((await metrics.figures()).latency_ms, { p50: 1000, p95: 1000, p99: 1000 });
});

import test from 'ava';
import { createMetrics } from './prom-metrics.ts';

/** The lines of /metrics that begin so, without the help. */
function linesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(name));
}

test('Before the first request there is nothing to say', async (t) => {
  t.deepEqual(await createMetrics().figures(), {
    requests_last_hour: 0,
    errors_last_hour: 0,
    latency_ms: null,
    queue_depth: 0,
    upscaler_success_rate: null,
  });
});

test('The figures of /health come from what was measured', async (t) => {
  const metrics = createMetrics();
  // 10 ms, 20 ms … 1 s; quantiles are estimated.
  for (let n = 1; n <= 98; n++) metrics.stageEnded('upscale', 'completed', n / 100);
  metrics.stageEnded('segment', 'completed', 0.99);
  metrics.stageEnded('segment', 'cached', 1);
  metrics.stageEnded('upscale', 'retried', 100, 'INFERENCE_ERROR');
  metrics.stageEnded('upscale', 'failed', 100, 'PROCESSING_TIMEOUT');
  metrics.queue(3, 2);
  const { latency_ms: latency, ...figures } = await metrics.figures();
  t.deepEqual(figures, {
    requests_last_hour: 102,
    errors_last_hour: 2,
    queue_depth: 3,
    upscaler_success_rate: 0.98,
  });
  const { p50, p95, p99 } = latency!;
  for (const [estimate, exact] of [
    [p50, 500],
    [p95, 950],
    [p99, 990],
  ] as const)
    t.true(Math.abs(estimate - exact) <= 10, `${estimate} instead of ${exact}`);
});

test('What the cache served says nothing of the upscaler, and neither do other stages', async (t) => {
  const metrics = createMetrics();
  metrics.stageEnded('upscale', 'cached', 0.1);
  metrics.stageEnded('segment', 'failed', 0.1, 'NO_SUBJECT');
  t.is((await metrics.figures()).upscaler_success_rate, null);
  t.deepEqual(linesOf(await metrics.text(), 'cutline_upscaler_success_ratio'), []);
  metrics.stageEnded('upscale', 'retried', 0.1, 'GPU_MEMORY_EXHAUSTED');
  metrics.stageEnded('upscale', 'completed', 0.1);
  t.is((await metrics.figures()).upscaler_success_rate, 0.5);
  t.deepEqual(linesOf(await metrics.text(), 'cutline_upscaler_success_ratio'), [
    'cutline_upscaler_success_ratio{stage="upscale"} 0.5',
  ]);
});

test('Everything that is measured is in the text', async (t) => {
  const metrics = createMetrics();
  metrics.stageEnded('segment', 'completed', 0.3);
  metrics.stageEnded('segment', 'retried', 0.3, 'INFERENCE_ERROR');
  metrics.step('segment', 'decode', 0.06);
  metrics.modelRan('builtin/segment', 0.02);
  metrics.bytes('read', 'segment', 1000);
  metrics.bytes('read', 'segment', 24);
  metrics.bytes('written', 'segment', 5);
  metrics.queue(4, 1);
  const text = await metrics.text();
  const lines = [
    'cutline_stage_seconds_bucket{le="0.25",stage="segment",outcome="completed"} 0',
    'cutline_stage_seconds_bucket{le="0.5",stage="segment",outcome="completed"} 1',
    'cutline_stage_seconds_sum{stage="segment",outcome="retried"} 0.3',
    'cutline_step_seconds_bucket{le="0.1",stage="segment",step="decode"} 1',
    'cutline_model_seconds_count{model="builtin/segment"} 1',
    'cutline_latency_seconds{quantile="0.95"} 0.3',
    'cutline_tries_total{stage="segment",outcome="completed"} 1',
    'cutline_tries_total{stage="segment",outcome="retried"} 1',
    'cutline_errors_total{stage="segment",code="INFERENCE_ERROR"} 1',
    'cutline_object_bytes_total{direction="read",stage="segment"} 1024',
    'cutline_object_bytes_total{direction="written",stage="segment"} 5',
    'cutline_queue_waiting 4',
    'cutline_queue_working 1',
    'cutline_last_hour_tries{outcome="any"} 2',
    'cutline_last_hour_tries{outcome="error"} 1',
  ];
  t.deepEqual(
    lines.filter((line) => !text.includes(`${line}\n`)),
    [],
  );
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_heap_size_used_bytes',
    'process_cpu_seconds_total',
  ]) {
    const [, value] = /^\S+ (\d+(\.\d+)?(e\+?\d+)?)$/.exec(linesOf(text, `${name} `)[0] ?? '') ?? [];
    t.true(Number(value) > 0, name);
  }
  t.is(metrics.contentType, 'text/plain; version=0.0.4; charset=utf-8');
});

test('Memory of a GPU is shown where there is one', async (t) => {
  let memory: { freeMb: number; totalMb: number } | null = { freeMb: 1, totalMb: 24 };
  const metrics = createMetrics({ gpuMemory: async () => memory });
  t.deepEqual(linesOf(await metrics.text(), 'cutline_gpu_memory_bytes'), [
    'cutline_gpu_memory_bytes{state="free"} 1048576',
    'cutline_gpu_memory_bytes{state="used"} 24117248',
  ]);
  memory = null;
  t.deepEqual(linesOf(await metrics.text(), 'cutline_gpu_memory_bytes'), []);
  t.deepEqual(linesOf(await createMetrics().text(), 'cutline_gpu_memory_bytes'), []);
});

test('Two services in one process count apart', async (t) => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.stageEnded('effects', 'completed', 1);
  t.is((await one.figures()).requests_last_hour, 1);
  t.is((await other.figures()).requests_last_hour, 0);
});

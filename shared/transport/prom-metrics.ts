// The measurements over prom-client: what /metrics shows, and from the same instruments the figures of /health.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { errorCatalogue } from '../error-catalogue.ts';
import type { HealthFigures, Metrics } from '../metrics.ts';
import { createHourCount } from './prom-metrics-hour.ts';

export interface PromMetrics extends Metrics {
  /** In Prometheus's text format. */
  text(): Promise<string>;
  /** What `text` has to be served as. */
  readonly contentType: string;
  figures(): Promise<HealthFigures>;
}

export interface PromMetricsOptions {
  /** Null where there is none. */
  gpuMemory?(): Promise<{ readonly freeMb: number; readonly totalMb: number } | null>;
  /** Milliseconds since 1970. */
  now?(): number;
}

const HOUR_SEC = 3600;
const MEBI = 1024 * 1024;
/** From a cache hit to Pub/Sub's longest wait. */
const STAGE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600];
const STEP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120];

export function createMetrics({ gpuMemory, now = Date.now }: PromMetricsOptions = {}): PromMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const stageSeconds = new Histogram({
    name: 'cutline_stage_seconds',
    help: 'Work of a stage on one photo, the wait for a slot left out',
    labelNames: ['stage', 'outcome'],
    buckets: STAGE_BUCKETS,
    registers,
  });
  const stepSeconds = new Histogram({
    name: 'cutline_step_seconds',
    help: 'One step of a stage',
    labelNames: ['stage', 'step'],
    buckets: STEP_BUCKETS,
    registers,
  });
  const modelSeconds = new Histogram({
    name: 'cutline_model_seconds',
    help: 'One run of a graph, the wait for the device left out',
    labelNames: ['model'],
    buckets: STEP_BUCKETS,
    registers,
  });
  const latency = new Summary({
    name: 'cutline_latency_seconds',
    help: 'Tries that ended well in the last hour',
    percentiles: [0.5, 0.95, 0.99],
    maxAgeSeconds: HOUR_SEC,
    ageBuckets: 12,
    // With nothing left there is no quantile, instead of one of 0.
    pruneAgedBuckets: true,
    registers,
  });
  const tries = new Counter({
    name: 'cutline_tries_total',
    help: 'Tries by how they ended',
    labelNames: ['stage', 'outcome'],
    registers,
  });
  const errors = new Counter({
    name: 'cutline_errors_total',
    help: 'Tries that ended in an error, by its code',
    labelNames: ['stage', 'code'],
    registers,
  });
  const bytes = new Counter({
    name: 'cutline_object_bytes_total',
    help: 'Bytes of pictures read from and written to the object store',
    labelNames: ['direction', 'stage'],
    registers,
  });
  const waiting = new Gauge({
    name: 'cutline_queue_waiting',
    help: 'Photos that wait for a slot',
    registers,
  });
  const working = new Gauge({ name: 'cutline_queue_working', help: 'Photos that have a slot', registers });

  // A counter never forgets, so the last hour is counted beside it and shown as gauges.
  const triesOfHour = createHourCount(now);
  const errorsOfHour = createHourCount(now);
  const lastHour = new Gauge({
    name: 'cutline_last_hour_tries',
    help: 'Tries that ended in the last hour, and those of them that ended in an error',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.set({ outcome: 'any' }, triesOfHour.total());
      this.set({ outcome: 'error' }, errorsOfHour.total());
    },
  });
  const successRatio = new Gauge({
    name: 'cutline_upscaler_success_ratio',
    help: 'Upscaler tries since the start that were completed; those from the cache do not count',
    labelNames: ['stage'],
    registers,
    async collect() {
      const { values } = await tries.get();
      const real = values.filter(({ labels }) => labels.stage === 'upscale' && labels.outcome !== 'cached');
      const completed = real.filter(({ labels }) => labels.outcome === 'completed');
      if (real.length > 0) this.set({ stage: 'upscale' }, sum(completed) / sum(real));
    },
  });
  if (gpuMemory) {
    new Gauge({
      name: 'cutline_gpu_memory_bytes',
      help: 'Memory of the GPU',
      labelNames: ['state'],
      registers,
      async collect() {
        const memory = await gpuMemory();
        this.reset();
        if (!memory) return;
        this.set({ state: 'free' }, memory.freeMb * MEBI);
        this.set({ state: 'used' }, (memory.totalMb - memory.freeMb) * MEBI);
      },
    });
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    stageEnded(stage, outcome, seconds, code) {
      stageSeconds.observe({ stage, outcome }, seconds);
      tries.inc({ stage, outcome });
      triesOfHour.add();
      if (outcome === 'completed' || outcome === 'cached') latency.observe(seconds);
      // A bad photo is its customer's; what may pass is ours.
      else if (code === undefined || errorCatalogue[code].event === 'retry') errorsOfHour.add();
      if (code !== undefined) errors.inc({ stage, code });
    },
    step: (stage, step, seconds) => stepSeconds.observe({ stage, step }, seconds),
    modelRan: (model, seconds) => modelSeconds.observe({ model }, seconds),
    bytes: (direction, stage, count) => bytes.inc({ direction, stage }, count),
    queue(waitingNow, workingNow) {
      waiting.set(waitingNow);
      working.set(workingNow);
    },
    async figures() {
      const [hour, quantiles, depth, ratio] = await Promise.all(
        [lastHour, latency, waiting, successRatio].map(async (instrument) => (await instrument.get()).values),
      );
      return {
        requests_last_hour: sampleOf(hour!, { outcome: 'any' }) ?? 0,
        errors_last_hour: sampleOf(hour!, { outcome: 'error' }) ?? 0,
        latency_ms: latencyOf(quantiles!),
        queue_depth: sum(depth!),
        upscaler_success_rate: sampleOf(ratio!, { stage: 'upscale' }) ?? null,
      };
    },
  };
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
}

function latencyOf(values: readonly Value[]): HealthFigures['latency_ms'] {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((quantile) => sampleOf(values, { quantile }));
  if (p50 === undefined || p95 === undefined || p99 === undefined) return null;
  return { p50: toMs(p50), p95: toMs(p95), p99: toMs(p99) };
}

function sampleOf(
  values: readonly Value[],
  labels: Readonly<Record<string, string | number>>,
): number | undefined {
  const wanted = Object.entries(labels);
  return values.find((value) => wanted.every(([name, text]) => value.labels[name] === text))?.value;
}

function sum(values: readonly Value[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

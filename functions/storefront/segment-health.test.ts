import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import type { Load } from '../../shared/load-ladder.ts';
import type { Figures } from './hour-figures.ts';
import type { SegmentState } from './segment-health.ts';
import { createSegmentHealth } from './segment-health.ts';

const onGpu: SegmentState = {
  ready: true,
  broken: false,
  device: 'tensorrt',
  model: 'birefnet-general',
  degraded: false,
  gpuMemoryFreeMb: 12543.2,
};
const quiet: Figures = { requests: 0, errors: 0, latency: undefined };
const busy: Figures = { requests: 347, errors: 0, latency: { avg: 72.3, p95: 85.1, p99: 94.8 } };

interface Changes {
  readonly state?: Partial<SegmentState>;
  readonly figures?: Figures;
  readonly load?: Load;
  readonly wakes?: boolean;
  ask?(): Promise<SegmentState>;
}

function open({ state, figures = quiet, load = 'normal', wakes = false, ask }: Changes = {}) {
  const clock = { now: 1_000_000, asked: 0 };
  const health = createSegmentHealth({
    async ask() {
      clock.asked++;
      return await (ask?.() ?? Promise.resolve({ ...onGpu, ...state }));
    },
    wakes,
    figures: () => figures,
    load: () => load,
    version: '1.0.0',
    now: () => clock.now,
  });
  return { health, clock };
}

test('Every field of the brief’s document is there', async (t) => {
  const { isUp, document } = await open({ figures: busy }).health.read();
  t.true(isUp);
  t.deepEqual(document, {
    status: 'healthy',
    service: 'Cutline background removal',
    version: '1.0.0',
    model: 'birefnet-general',
    device: 'cuda',
    tensorrt_enabled: true,
    gpu_memory_free_mb: 12543.2,
    model_files_status: { checkpoint: true, config: true, tensorrt_engine: true },
    performance_metrics: {
      avg_latency_ms: 72.3,
      p95_latency_ms: 85.1,
      p99_latency_ms: 94.8,
      requests_last_hour: 347,
    },
  });
});

test('Before the first request there are no figures', async (t) => {
  const { document } = await open().health.read();
  t.false('performance_metrics' in document);
});

const degraded: readonly (readonly [name: string, changes: Changes])[] = [
  ['a wanted device is not used', { state: { degraded: true, device: 'cpu', gpuMemoryFreeMb: null } }],
  ['the load is heavy', { load: 'heavy' }],
  ['more than 5 % of the hour failed', { figures: { ...busy, requests: 100, errors: 6 } }],
];
for (const [name, changes] of degraded)
  test(`Degraded, and still up: ${name}`, async (t) => {
    const { isUp, document } = await open(changes).health.read();
    t.true(isUp);
    t.is(document.status, 'degraded');
  });

test('5 % of errors, and a moderate load, are healthy', async (t) => {
  const figures = { ...busy, requests: 100, errors: 5 };
  const { document } = await open({ figures, load: 'moderate' }).health.read();
  t.is(document.status, 'healthy');
});

const down: readonly (readonly [name: string, changes: Changes, error: string])[] = [
  ['its model is not open yet', { state: { ready: false } }, 'Model is not loaded'],
  ['its model cannot be opened', { state: { ready: false, broken: true } }, 'Model is not usable'],
  [
    'it does not answer',
    { ask: () => Promise.reject(new CutlineError('STAGE_UNAVAILABLE', { message: '/srv/models/a.onnx' })) },
    'Model is not reachable',
  ],
];
for (const [name, changes, error] of down)
  test(`Unhealthy: ${name}`, async (t) => {
    const { isUp, document } = await open(changes).health.read();
    t.false(isUp);
    t.deepEqual(Object.keys(document), ['status', 'error', 'detail']);
    t.like(document, { status: 'unhealthy', error });
    t.notRegex(JSON.stringify(document), /\/|onnx/);
  });

test('Many who ask at once make one question', async (t) => {
  const { health, clock } = open();
  await Promise.all([health.read(), health.read(), health.read()]);
  t.is(clock.asked, 1);
  clock.now += 5001;
  await health.read();
  t.is(clock.asked, 2);
});

test('A stage that a question would wake is asked only while it works anyway', async (t) => {
  const { health, clock } = open({ wakes: true });
  const nothing = await health.read();
  t.true(nothing.isUp);
  t.like(nothing.document, { model: null, device: null, gpu_memory_free_mb: null });
  t.deepEqual(nothing.document.model_files_status, {
    checkpoint: null,
    config: null,
    tensorrt_engine: false,
  });
  t.is(clock.asked, 0);
  health.noteRun({
    device: 'cuda',
    models: [{ id: 'birefnet', sha256: '', precision: 'fp16', preview: false }],
  });
  t.like((await health.read()).document, { gpu_memory_free_mb: 12543.2 });
  t.is(clock.asked, 1);
  clock.now += 5 * 60_000 + 1;
  t.like((await health.read()).document, {
    model: 'birefnet-general',
    device: 'cuda',
    gpu_memory_free_mb: null,
  });
  t.is(clock.asked, 1);
});

// Every figure of the brief beside what this machine measured, or what is needed to measure it. What other benchmarks
// measured is read from their results; the pipeline by stage is measured here.
//   npm run bench brief [-- --rounds 3]
import { effects } from '../functions/effects/stage.ts';
import { segment } from '../functions/segment/stage.ts';
import { upscale } from '../functions/upscale/stage.ts';
import { bakedFolder, openRegistry } from '../models/registry.ts';
import { decode, encode } from '../shared/image/codec.ts';
import type { Picture } from '../shared/image/picture.ts';
import { readGpuMemory } from '../shared/inference/gpu-memory.ts';
import { barChart } from './kit/chart.ts';
import { interleave } from './kit/interleave.ts';
import type { Row } from './kit/report.ts';
import { figure, readResults, report } from './kit/report.ts';
import { median } from './kit/statistics.ts';
import { benchJob, benchLimits, numbersFrom, openWorkbench, photoOf } from './kit/workbench.ts';

const { rounds } = numbersFrom(process.argv.slice(2), { rounds: 3 });
// Baked models, where there are any.
const folder = await bakedFolder(process.env.MODELS_DIR);
const registry = await openRegistry(folder);
const [model, upscaler] = (['segment', 'upscale'] as const).map((stage) => registry.find(stage).card.id);
const job = benchJob({ scale: 2, effects: ['enhanced-bw', 'color'], model: model!, upscaler: upscaler! });
const bench = await openWorkbench(job, folder);
const measured = await measureStages();
const gpu = bench.device === 'cpu' ? null : await readGpuMemory();
await bench.close();

const suffix = bench.device === 'cpu' ? '' : `-${bench.device}`;
type Figures = Readonly<Partial<Record<string, number>>>;
const of = async (name: string): Promise<Figures> => (await readResults(`${name}${suffix}`))?.figures ?? {};
const names = ['serve', 'start', 'growth', 'effects', 'batch'];
const [serve, start, growth, looks, batch] = (await Promise.all(names.map(of))) as [
  Figures,
  Figures,
  Figures,
  Figures,
  Figures,
];
const L4 = 'needs an L4 and baked models';
const LOAD = 'npm run bench serve -- --url URL --requests 100 --concurrency';
const BATCH = 'npm run bench batch -- --costly 1';

const rows: Row[] = [
  ...(['p50', 'p95', 'p99', 'max'] as const).map((name, index) => ({
    figure: `segment latency, ${name}`,
    brief: `≤ ${[70, 80, 100, 150][index]} ms (T4, TensorRT)`,
    here: ms(
      serve[`${name}_ms`],
      'serve',
      'one client, built-in model, 1200×1600 whole: read, cut out, refined, written',
    ),
    otherwise: `${L4}: ${LOAD} 1`,
  })),
  {
    figure: 'throughput, one at a time',
    brief: '≥ 12 a second',
    here:
      serve.photos_per_second === undefined
        ? missing('serve')
        : `${figure(serve.photos_per_second)} a second (the same)`,
    otherwise: `${L4}: ${LOAD} 10`,
  },
  ...[
    [4, 30],
    [8, 45],
  ].map(([size, rate]) => ({
    figure: `throughput, batch of ${size}`,
    brief: `${rate} a second`,
    here:
      batch.best_size === undefined
        ? missing('batch')
        : `best size here: ${batch.best_size} (npm run bench batch)`,
    otherwise: `${L4}: ${BATCH}`,
  })),
  {
    figure: 'GPU memory',
    brief: '1,200 MB',
    here: gpu ? `${gpu.totalMb - gpu.freeMb} MB in use with both models open` : 'no GPU',
    otherwise: `${L4}: GET /health, gpu_memory_free_mb`,
  },
  {
    figure: 'host memory',
    brief: '500 MB',
    here:
      serve.memory_mb === undefined
        ? missing('serve')
        : `${figure(serve.memory_mb)} MB at most, the segment stage under 64 clients`,
    otherwise: '',
  },
  {
    figure: 'whole pipeline, two looks, 1200×1600 → 2400×3200',
    brief: '13.08 s (L4)',
    here: `${figure(measured.all / 1000)} s`,
    otherwise: `${L4}: npm run bench brief there`,
  },
  stageRow('upscale ×2', '2.97 s', measured.upscale),
  stageRow('segment', '0.66 s', measured.segment),
  stageRow('two looks', '8.36 s', measured.effects),
  {
    figure: 'enhanced-bw at 768×1024',
    brief: '4,958 ms (L4)',
    here: ms(looks.enhanced_bw_ms, 'effects', 'npm run bench effects'),
    otherwise: '',
  },
  stageRow('upscale ×2 of 640×480', '8–15 s', measured.small),
  {
    figure: 'cold start',
    brief: '15–20 s',
    here:
      start.large_ready_ms === undefined
        ? missing('start')
        : `${figure(start.large_ready_ms / 1000)} s for the process with a model of 900 MB; the platform’s own part is not here`,
    otherwise: `${L4}: POST /warmup after 15 idle minutes`,
  },
  {
    figure: 'memory of the pipeline',
    brief: '–',
    here:
      growth.peak_mb === undefined ? missing('growth') : `${figure(growth.peak_mb)} MB at most, 1 to 33 MP`,
    otherwise: '',
  },
];
await report({
  name: 'brief',
  title: `The brief’s figures and this machine’s, with ${model} and ${upscaler}`,
  device: bench.device,
  about: `${model} and ${upscaler}`,
  rows,
  notes: [
    'Full models on this machine: npm run bench overhead has the run of a model as costly as BiRefNet.',
  ],
  figures: {
    upscale_ms: measured.upscale,
    segment_ms: measured.segment,
    effects_ms: measured.effects,
    small_upscale_ms: measured.small,
  },
  chart: barChart({
    title: 'Stages, 1200×1600 → 2400×3200; the mark is the brief’s L4',
    unit: 's',
    bars: [
      { name: `upscale ×2, ${upscaler}`, value: measured.upscale / 1000, limit: 2.968 },
      { name: `segment, ${model}`, value: measured.segment / 1000, limit: 0.657 },
      { name: 'enhanced-bw and color', value: measured.effects / 1000, limit: 8.358 },
    ],
  }),
});

/** Each stage as its service has it: from a file to files. */
async function measureStages() {
  const photo = await photoOf(1200, 1600);
  const small = await photoOf(640, 480);
  const upscaled = await first(await upscale(await open(photo), job, bench.tools));
  const cutout = await first(await segment(await open(upscaled), job, bench.tools));
  const samples = await interleave(
    {
      upscale: async () => all(await upscale(await open(photo), job, bench.tools)),
      segment: async () => all(await segment(await open(upscaled), job, bench.tools)),
      effects: async () => all(await effects(await open(cutout), job, bench.tools)),
      small: async () => all(await upscale(await open(small), job, bench.tools)),
    },
    rounds,
  );
  const of = Object.fromEntries(Object.entries(samples).map(([name, each]) => [name, median(each)]));
  const [upscaling, segmenting, looking] = [of.upscale!, of.segment!, of.effects!];
  return {
    upscale: upscaling,
    segment: segmenting,
    effects: looking,
    small: of.small!,
    all: upscaling + segmenting + looking,
  };
}

async function open(file: Uint8Array): Promise<Picture> {
  return (await decode(file, benchLimits)).picture;
}

async function all({
  pictures,
}: {
  readonly pictures: Readonly<Record<string, Picture>>;
}): Promise<Uint8Array[]> {
  return await Promise.all(
    Object.values(pictures).map((made) => encode(made, { format: 'png', travels: true })),
  );
}

async function first(result: { readonly pictures: Readonly<Record<string, Picture>> }): Promise<Uint8Array> {
  return (await all(result))[0]!;
}

function stageRow(name: string, brief: string, value: number): Row {
  const otherwise = `${L4}: npm run bench brief there`;
  return { figure: `  ${name}`, brief, here: `${figure(value / 1000)} s, from file to files`, otherwise };
}

function ms(value: number | undefined, name: string, how: string): string {
  return value === undefined ? missing(name) : `${figure(value)} ms: ${how}`;
}

function missing(name: string): string {
  return `not measured yet: npm run bench ${name}`;
}

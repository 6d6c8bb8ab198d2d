// What tiling costs: pixels processed more than once, and time beside the tiles' own.
//   npm run bench tiles [-- --rounds 5 --megapixels 12]
import { readFileSync } from 'node:fs';
import { filterTile } from '../functions/effects/stage.ts';
import { upscale } from '../functions/upscale/stage.ts';
import type { ModelEntry } from '../models/registry.ts';
import { openRegistry } from '../models/registry.ts';
import type { Card } from '../shared/card.ts';
import { planTiles } from '../shared/image/tiles.ts';
import { tileBudget } from '../shared/inference/device.ts';
import type { TileBudget } from '../shared/stage.ts';
import { openBare } from './kit/bare-session.ts';
import { BENCH_UPSCALER, benchModel } from './kit/bench-models.ts';
import type { Spent } from './kit/interleave.ts';
import { inTurns, startMeter } from './kit/interleave.ts';
import { recorder } from './kit/recorder.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report } from './kit/report.ts';
import { medianRatio } from './kit/statistics.ts';
import { benchJob, numbersFrom, openWorkbench, pictureOf, sidesOf } from './kit/workbench.ts';

const { rounds, megapixels } = numbersFrom(process.argv.slice(2), { rounds: 5, megapixels: 12 });
const { width, height } = sidesOf(megapixels);
const registry = await openRegistry();
const baked = await benchModel('rrdbnet-cost');
const likeBaked: Card = JSON.parse(readFileSync(`${baked}${BENCH_UPSCALER}.json`, 'utf8'));
const cards: readonly Card[] = [
  likeBaked,
  // The widest field that is covered and not blended: Real-ESRGAN's compact networks.
  { ...likeBaked, id: 'realesr-general-x4v3', field: 34, blend: undefined, multiple: 1, scale: 4 },
  registry.find('upscale').card,
  registry.helper('refine-fine').card,
  registry.helper('matte').card,
  registry.helper('bleed').card,
  ...registry.list('effects').map(({ card }: ModelEntry) => card),
];

// The brief's sizes for 4 cores with 16 GB free, and for a GPU of 24 GB.
const idle = { cores: 4, memoryUsed: 0, memoryFreeMb: 16_384, gpuMemoryMb: 24_576 };
const budgets = { CPU: tileBudget('cpu', idle), CUDA: tileBudget('cuda', idle) };
const goalOf = { CPU: 0.15, CUDA: 0.3 } as const;
const rows: Row[] = [];
const goals: Goal[] = [];
for (const card of cards) rows.push({ graph: card.id, ...wasteOf(card) });
for (const device of ['CPU', 'CUDA'] as const) {
  const worst = rows.reduce((most, row) => (share(row, device) > share(most, device) ? row : most));
  goals.push({
    what: `waste on ${device} at ${megapixels} MP, the worst: ${worst.graph}`,
    goal: `≤ ${goalOf[device] * 100} %`,
    measured: `${figure(share(worst, device))} %`,
    met: share(worst, device) <= goalOf[device] * 100,
  });
}
const { ratio, cpuRatio, device, tiles } = await timeBesideTiles();
goals.push({
  what: `time against the sum of the ${tiles} tiles, built-in upscaler`,
  goal: '≤ 1.03',
  measured: figure(ratio),
  met: ratio <= 1.03,
});
await report({
  name: 'tiles',
  title: `Tiles of a photo of ${width}×${height}`,
  device,
  rows,
  goals,
  notes: [
    'waste: 1 − needed ÷ processed pixels. A card without shapes has its tile chosen freely on CUDA too.',
    `${BENCH_UPSCALER} and realesr-general-x4v3 here: cards as the bake writes them (blend 64, field 34, four shapes).`,
    'On a CPU tiles of these two grow beyond 512² where memory and cores allow (shared/inference/device.ts); with 512² they waste 21 and 22 %.',
    `CPU time of all threads against that of the tiles alone: ${figure(cpuRatio)}. The tiles alone run in the main thread.`,
  ],
});

function wasteOf(card: Card): Row {
  const { field, blend, multiple } = card;
  const isFilter = card.stage === 'effects' || card.id === 'bleed';
  const cells = Object.entries(budgets).map(([name, budget]) => {
    const { maxSide, mostSide, fixedShapes }: TileBudget = isFilter ? filterTile(budget) : budget;
    const shapes = fixedShapes
      ? card.shapes
          ?.map(([height, width]) => ({ width, height }))
          .filter((one) => one.width * one.height <= maxSide ** 2)
      : undefined;
    const plan = planTiles({ width, height, field, blend, multiple, maxSide, mostSide, shapes });
    const processed = plan.tiles.length * plan.tileWidth * plan.tileHeight;
    return [
      [`${name} tiles`, `${plan.columns}×${plan.rows} of ${plan.tileWidth}×${plan.tileHeight}`],
      [`${name} waste, %`, 100 * (1 - (width * height) / processed)],
    ];
  });
  return { overlap: blend ?? 2 * field, ...Object.fromEntries(cells.flat()) };
}

function share(row: Row, device: string): number {
  return Number(row[`${device} waste, %`]);
}

interface Beside {
  /** Milliseconds of the tiled run against its tiles alone. */
  readonly ratio: number;
  /** The same by the CPU time of all threads, which holds on a busy machine too. */
  readonly cpuRatio: number;
  readonly device: string;
  readonly tiles: number;
}

/** The product's tile runner in its engine, against bare runs over the same bytes. */
async function timeBesideTiles(): Promise<Beside> {
  const job = benchJob({ scale: 2 });
  const bench = await openWorkbench(job);
  const picture = await pictureOf(width, height);
  const recorded = recorder(bench.tools);
  await upscale(picture, job, { ...bench.tools, model: recorded.model });
  const runs = recorded.runs.map(({ inputs }) => inputs);
  const session = await openBare(registry.find('upscale'), bench);
  const samples = await inTurns(
    {
      tiles: async () => {
        for (const inputs of runs) await session.run(inputs);
      },
      whole: () => upscale(picture, job, bench.tools),
    },
    rounds,
    startMeter,
  );
  await bench.close();
  const ratio = (what: keyof Spent): number => {
    const [whole, tiles] = [samples.whole, samples.tiles].map((all) => all.map((spent) => spent[what]));
    return medianRatio(whole!, tiles!);
  };
  return {
    ratio: ratio('ms'),
    cpuRatio: ratio('cpuMs'),
    device: bench.device,
    tiles: runs.length,
  };
}

// Each look at the brief's size and at 12 megapixels: the whole stage, pixels in and pixels out, a look at a time.
//   npm run bench effects [-- --rounds 9]
import { lookNames } from '../functions/effects/looks.ts';
import { effects } from '../functions/effects/stage.ts';
import { segment } from '../functions/segment/stage.ts';
import type { Picture } from '../shared/image/picture.ts';
import { barChart } from './kit/chart.ts';
import { interleave } from './kit/interleave.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report } from './kit/report.ts';
import { median } from './kit/statistics.ts';
import { benchJob, numbersFrom, openWorkbench, pictureOf } from './kit/workbench.ts';

const sizes = [
  { name: '768×1024', width: 768, height: 1024 },
  { name: '12 MP', width: 3000, height: 4000 },
] as const;
const GOAL_MS = 100;
const GOAL_CORES = 4;

const { rounds } = numbersFrom(process.argv.slice(2), { rounds: 9 });
const bench = await openWorkbench(benchJob({ effects: lookNames }));
const rows = new Map<string, Record<string, string | number>>(lookNames.map((look) => [look, { look }]));
for (const { name, width, height } of sizes) {
  const cutout = await cutoutOf(width, height);
  const one = (look: string) => () => effects(cutout, { effects: [look], print: true }, bench.tools);
  const tasks = Object.fromEntries(lookNames.map((look) => [look, one(look)]));
  // A large picture shakes less, and takes long.
  const samples = await interleave(tasks, width > 2000 ? Math.max(1, Math.floor(rounds / 3)) : rounds);
  for (const look of lookNames) rows.get(look)![`${name}, ms`] = median(samples[look]!);
}
await bench.close();

const enhanced = Number(rows.get('enhanced-bw')![`${sizes[0].name}, ms`]);
const goals: Goal[] = [
  {
    what: `enhanced-bw at 768×1024, ${bench.threads} threads`,
    goal: `≤ ${GOAL_MS} ms on ${GOAL_CORES} cores`,
    measured: `${figure(enhanced)} ms (the brief: 4,958 ms on an L4)`,
    met: bench.threads > GOAL_CORES ? null : enhanced <= GOAL_MS,
  },
];
const table: Row[] = [...rows.values()];
const atFirst = `${sizes[0].name}, ms`;
await report({
  name: 'effects',
  title: `Looks: the effects stage, medians of ${rounds} rounds`,
  device: bench.device,
  rows: table,
  goals,
  figures: { enhanced_bw_ms: enhanced, color_ms: Number(rows.get('color')![atFirst]) },
  chart: barChart({
    title: `Each look at ${sizes[0].name}, ${bench.threads} threads`,
    unit: 'ms',
    bars: table.map((row) => ({
      name: String(row.look),
      value: Number(row[atFirst]),
      ...(row.look === 'enhanced-bw' && { limit: GOAL_MS }),
    })),
  }),
});

async function cutoutOf(width: number, height: number): Promise<Picture> {
  const { pictures } = await segment(await pictureOf(width, height), benchJob(), bench.tools);
  return pictures.cutout!;
}

// Does it pay to run several pictures at once? Bare runs at batch sizes of a graph that takes any, time a picture.
//   npm run bench batch [-- --rounds 5 --costly 1]     (--costly 1: BiRefNet's cost too, which takes minutes without a GPU)
import { openRegistry } from '../models/registry.ts';
import { openBare } from './kit/bare-session.ts';
import { BENCH_MODEL, BENCH_UPSCALER, benchModel } from './kit/bench-models.ts';
import { lineChart } from './kit/chart.ts';
import { interleave } from './kit/interleave.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report } from './kit/report.ts';
import { median } from './kit/statistics.ts';
import { benchJob, numbersFrom, openWorkbench } from './kit/workbench.ts';

/** Less is noise. */
const WORTHWHILE = 0.95;

const { rounds, costly } = numbersFrom(process.argv.slice(2), { rounds: 5, costly: 2 });
const bench = await openWorkbench(benchJob());
await bench.close();
const onGpu = bench.device !== 'cpu';
const builtin = await openRegistry();
const likeRealEsrgan = await openRegistry(await benchModel('rrdbnet-cost'));
const cases = [
  { name: 'upscale, built in, tile 256²', entry: builtin.find('upscale'), side: 256, sizes: [1, 2, 4, 8] },
  {
    name: 'upscale, Real-ESRGAN’s cost, tile 128²',
    entry: likeRealEsrgan.find('upscale', BENCH_UPSCALER),
    side: 128,
    sizes: [1, 2, 4, 8],
  },
  ...(onGpu || costly === 1
    ? [
        {
          name: 'segment, BiRefNet’s cost',
          entry: (await openRegistry(await benchModel('birefnet-cost'))).find('segment', BENCH_MODEL),
          side: 1024,
          sizes: [1, 2, 4, ...(onGpu ? [8] : [])],
        },
      ]
    : []),
];

const rows: Row[] = [];
const goals: Goal[] = [];
const series: { name: string; points: { x: number; y: number }[] }[] = [];
for (const { name, entry, side, sizes } of cases) {
  const session = await openBare(entry, bench);
  const tasks = Object.fromEntries(
    sizes.map((count) => {
      const data = new Uint8Array(count * side * side * 3).map((_, at) => (at * 7) % 251);
      return [`${count}`, () => session.run({ image: { dims: [count, side, side, 3], data } })];
    }),
  );
  const samples = await interleave(tasks, rounds);
  const each = sizes.map((count) => ({ count, ms: median(samples[`${count}`]!) / count }));
  const alone = each[0]!.ms;
  const best = each.reduce((least, one) => (one.ms < least.ms * WORTHWHILE ? one : least));
  rows.push({
    graph: name,
    ...Object.fromEntries(each.map(({ count, ms }) => [`${count} at once, ms each`, ms])),
    best: best.count,
    'gain of the best, %': 100 * (1 - best.ms / alone),
  });
  goals.push({
    what: `${name}: best size on ${bench.device}; one alone is not slower, because one is what runs`,
    goal: 'found',
    measured: `${best.count} (${figure(1000 / best.ms)} a second, one alone ${figure(1000 / alone)})`,
    met: true,
  });
  series.push({ name, points: each.map(({ count, ms }) => ({ x: count, y: ms / alone })) });
}
await report({
  name: 'batch',
  title: `Batches: milliseconds a picture, medians of ${rounds} rounds`,
  device: bench.device,
  rows,
  goals,
  figures: { best_size: Math.max(...rows.map((row) => Number(row.best))) },
  notes: [
    'Cards say max_batch; the product runs one picture at a time (BATCH_SIZE is taken as 1) until a device gains from more.',
  ],
  chart: lineChart({ title: 'Time a picture against one alone', x: 'pictures at once', y: 'ratio', series }),
});

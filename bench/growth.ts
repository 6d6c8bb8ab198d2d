// How time and memory grow: with the size of a photo, each in a process of its own, and with the number of photos in one.
//   npm run bench growth [-- --rounds 3 --photos 1000]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { lineChart } from './kit/chart.ts';
import type { Growth } from './kit/growth-process.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report } from './kit/report.ts';
import { fitLine, median } from './kit/statistics.ts';
import { numbersFrom } from './kit/workbench.ts';

const child = fileURLToPath(new URL('./kit/growth-process.ts', import.meta.url));
/** Millions of pixels that come in; 33 is 8K. */
const sizes = { 1: [1, 2, 4, 8, 12, 20, 33], 2: [1, 2, 4, 8, 12] } as const;
const LINEAR = 0.1;
const PEAK_MB = 1500;
/** What the first photos leave behind (compiled code, pools) is no growth. */
const SETTLED = 0.2;

const { rounds, photos } = numbersFrom(process.argv.slice(2), { rounds: 3, photos: 1000 });
const rows: Row[] = [];
const goals: Goal[] = [];
const series: { name: string; points: { x: number; y: number }[] }[] = [];
let peak = 0;
for (const scale of [1, 2] as const) {
  const points: { x: number; y: number }[] = [];
  const worked: { x: number; y: number }[] = [];
  for (const megapixels of sizes[scale]) {
    const { ms, cpuMs, peakMb } = await run(megapixels, scale, rounds + 1);
    // The first in a process is not like the others.
    const each = median(ms.slice(1));
    const work = median(cpuMs.slice(1));
    points.push({ x: megapixels, y: each });
    worked.push({ x: megapixels, y: work });
    peak = Math.max(peak, peakMb);
    rows.push({
      what: `scale ${scale}`,
      MP: megapixels,
      'time, ms': each,
      'ms a MP': each / megapixels,
      'processor, ms': work,
      'processor, ms a MP': work / megapixels,
      'peak, MB': peakMb,
    });
  }
  series.push({ name: `scale ${scale}`, points });
  straight(`time against size at scale ${scale}`, points);
  straight(`processor's time against size at scale ${scale}`, worked);
}
await many();
goals.push({
  what: 'peak of all',
  goal: `< ${PEAK_MB} MB`,
  measured: `${figure(peak)} MB`,
  met: peak < PEAK_MB,
});
await report({
  name: 'growth',
  title: `Growth: from the photo's file to the cut-out's and two looks', built-in models, medians of ${rounds}`,
  device: 'cpu',
  rows,
  goals,
  figures: { peak_mb: peak },
  chart: lineChart({ title: 'Time against size', x: 'megapixels that come in', y: 'milliseconds', series }),
});

function straight(what: string, points: readonly { x: number; y: number }[]): void {
  const { worst } = fitLine(points);
  goals.push({
    what: `${what}: farthest from a line`,
    goal: '≤ 10 %',
    measured: `${figure(100 * worst)} %`,
    met: worst <= LINEAR,
  });
}

async function many(): Promise<void> {
  const { ms, cpuMs, rssMb, peakMb } = await run(0.3, 1, photos);
  peak = Math.max(peak, peakMb);
  const settled = Math.ceil(photos * SETTLED);
  const tenth = Math.max(1, Math.floor(photos / 10));
  const [early, late] = [rssMb.slice(settled, settled + tenth), rssMb.slice(-tenth)];
  const growth = median(late) / median(early) - 1;
  const points = upTo(ms);
  for (const count of [1, 10, 100, 1000].filter((count) => count <= photos))
    rows.push({
      what: 'photos one after another',
      MP: 0.3,
      photos: count,
      'time, ms': points[count - 1]!.y,
      'held, MB': rssMb[count - 1]!,
    });
  straight(`time of ${photos} photos`, points.slice(settled));
  straight(`processor's time of ${photos} photos`, upTo(cpuMs).slice(settled));
  goals.push({
    what: `memory from photo ${settled} to ${photos}`,
    goal: 'flat: ≤ 10 % more',
    measured: `${figure(100 * growth)} %`,
    met: growth <= LINEAR,
  });
}

/** Sums of the first, the first two, and so on. */
function upTo(values: readonly number[]): { x: number; y: number }[] {
  let sum = 0;
  return values.map((value, index) => {
    sum += value;
    return { x: index + 1, y: sum };
  });
}

async function run(megapixels: number, scale: 1 | 2, count: number): Promise<Growth> {
  const args = [child, `${megapixels}`, `${scale}`, `${count}`];
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = await Promise.all([text(started.stdout), once(started, 'exit')]);
  if (code !== 0)
    throw new Error(`Expected ${megapixels} MP at scale ${scale} to be done but it ended with ${code}`);
  return JSON.parse(said) as Growth;
}

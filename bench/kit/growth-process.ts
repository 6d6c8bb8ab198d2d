// The pipeline over the same photo again and again, in a process whose memory is its own.
// Its arguments: megapixels, scale, how often. Says time and memory as JSON.
import { decode, encode, resize } from '../../shared/image/codec.ts';
import { release, releasePicture } from '../../shared/image/picture.ts';
import { runPipeline } from '../../shared/run-pipeline.ts';
import { benchJob, benchLimits, openWorkbench, photoOf } from './workbench.ts';

export interface Growth {
  /** Of each photo, from its file to its results' files. */
  readonly ms: readonly number[];
  /** What the processor worked on each, which other work on the machine does not change much. */
  readonly cpuMs: readonly number[];
  /** Held after each photo. */
  readonly rssMb: readonly number[];
  readonly peakMb: number;
}

const [megapixels, scale, count] = process.argv.slice(2).map(Number);
const job = benchJob({ scale: scale as 1 | 2, effects: ['enhanced-bw', 'color'] });
const bench = await openWorkbench(job);
// 16:9, because 33 megapixels are 8K.
const width = Math.round(Math.sqrt((megapixels! * 1e6 * 16) / 9) / 4) * 4;
const file = await photoOf(width, Math.round((width * 9) / 16));
const limits = { ...benchLimits, maxShortSide: 8000, maxOutputPixels: 1e9 };
const [ms, cpuMs, rssMb]: number[][] = [[], [], []];
for (let index = 0; index < count!; index++) {
  const began = performance.now();
  const cpu = process.cpuUsage();
  await runPipeline(file, job, {
    decode,
    resize,
    model: bench.models.model,
    tile: bench.models.tile,
    now: () => performance.now(),
    limits,
    progress() {},
    deliver: async ({ picture, stage }) => {
      if (stage !== 'photo') release(await encode(picture, { format: 'png' }));
    },
    release: releasePicture,
  });
  ms!.push(performance.now() - began);
  cpuMs!.push(process.cpuUsage(cpu).user / 1000);
  rssMb!.push(Math.round(process.memoryUsage.rss() / 1e6));
}
// In KiB.
const peakMb = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
console.log(JSON.stringify({ ms: ms!, cpuMs: cpuMs!, rssMb: rssMb!, peakMb } satisfies Growth));
await bench.close();

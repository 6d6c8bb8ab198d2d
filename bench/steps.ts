// Time and peak memory of each step for one photo: what the pipeline does, with files encoded but not written.
//   npm run bench steps [photo] [scale] [print]
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lookNames } from '../functions/effects/looks.ts';
import { openModels } from '../functions/local/open-models.ts';
import { openRegistry } from '../models/registry.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import { decode, encode, resize } from '../shared/image/codec.ts';
import type { Job } from '../shared/pipeline.ts';
import { runPipeline } from '../shared/run-pipeline.ts';

const sample = fileURLToPath(new URL('../models/samples/plush-fox.jpg', import.meta.url));
const [file = sample, scale = '2', print] = process.argv.slice(2);
const EVERY_MS = 5;

const registry = await openRegistry();
const job: Job = {
  scale: Number(scale) as Job['scale'],
  effects: lookNames,
  effect_options: {},
  model: registry.find('segment').card.id,
  upscaler: registry.find('upscale').card.id,
  print: print === 'print',
  smoothing: true,
  refine: true,
};
const config = parseConfig(process.env);
const models = await openModels(registry, job, [], config, {
  onFallback: console.error,
  onStuck: console.error,
});

/** Largest resident set by step; encoding goes on beside the steps and is in theirs. */
const peaks = new Map<string, number>();
let step = 'decode';
const before = process.memoryUsage.rss();
const sampler = setInterval(
  () => peaks.set(step, Math.max(peaks.get(step) ?? 0, process.memoryUsage.rss())),
  EVERY_MS,
);

const { photo, width, height, timings } = await runPipeline(await readFile(file), job, {
  decode,
  resize,
  // A step is where its models are: the stages' own names of progress are the pipeline's.
  model(id) {
    const model = models.model(id);
    return {
      ...model,
      run(inputs, signal) {
        step = stepOf(id);
        return model.run(inputs, signal);
      },
    };
  },
  tile: models.tile,
  now: () => performance.now(),
  deliver: async ({ picture, stage }) => {
    if (stage !== 'photo') await encode(picture, { format: 'png' });
  },
  progress() {},
  limits: config.limits,
});
clearInterval(sampler);
await models.close();

function stepOf(id: string): string {
  if (id === job.upscaler || id === 'halve' || id === 'neutral') return 'upscale';
  if (id === job.model) return 'segment';
  if (id.startsWith('refine') || id === 'box') return 'refine';
  return 'effects';
}

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
console.log(
  `${basename(file)}: ${photo.width}×${photo.height} → ${width}×${height}; ${mb(before)} with all models open`,
);
for (const [name, ms] of Object.entries(timings)) {
  console.log(
    `  ${name.padEnd(8)} ${String(ms).padStart(6)} ms  ${peaks.has(name) ? mb(peaks.get(name)!) : ''}`,
  );
}

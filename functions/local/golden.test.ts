// What the pipeline makes of the samples, held against fingerprints: 16×16 copies of each picture, colour and alpha.
// When a change is wanted, look at the pictures and renew them: npm run golden
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { decode, encode, resize } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { alphaPlane, withAlpha } from '../../shared/image/picture.ts';
import { runPipeline } from '../../shared/run-pipeline.ts';
import { builtinJob, openBuiltin } from '../../shared/testing/builtin-models.ts';
import { lookNames } from '../effects/looks.ts';
import type { OpenModels } from './open-models.ts';

const samples = ['plush-bear', 'toy-robot'];
const stored = fileURLToPath(new URL('golden.json', import.meta.url));
const failures = fileURLToPath(new URL('../../out/golden', import.meta.url));
const renewing = process.env.GOLDEN === 'renew';

const SIDE = 16;
/** Libraries and processors differ in the last bit, and a matte's edge may move by a hair. */
const MEAN_LEVELS = 1.5;
const MOST_LEVELS = 14;

const job = builtinJob({ max_dimension: 600, effects: lookNames });

let models: OpenModels;
test.before(async () => {
  models = await openBuiltin(job);
});
test.after.always(() => models.close());

const golden: Record<string, string> = renewing ? {} : JSON.parse(readFileSync(stored, 'utf8'));

for (const sample of samples) {
  test(`The pictures made of ${sample} look as they did`, async (t) => {
    const file = await readFile(new URL(`../../models/samples/${sample}.jpg`, import.meta.url));
    // Small enough for a quick test; the limits on what the upscaler gets would skip it otherwise.
    const small = await shrink(file);
    const wrong: string[] = [];
    await runPipeline(small, job, {
      decode,
      resize,
      model: models.model,
      tile: models.tile,
      now: () => 0,
      limits: defaultLimits,
      progress() {},
      async deliver({ name, picture }) {
        const key = `${sample}/${name}`;
        const print = await fingerprint(picture);
        if (renewing) golden[key] = print.toString('base64');
        else if (!alike(print, Buffer.from(golden[key] ?? '', 'base64')))
          wrong.push(await writeFailure(key, picture));
      },
    });
    t.deepEqual(wrong, [], 'Open these pictures. If they are as they should be: npm run golden');
  });
}

test.after(() => {
  if (!renewing) return;
  const sorted = Object.fromEntries(Object.entries(golden).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(stored, `${JSON.stringify(sorted, null, 2)}\n`);
});

async function shrink(file: Uint8Array): Promise<Uint8Array> {
  const { picture } = await decode(file, defaultLimits);
  const factor = 600 / Math.max(picture.width, picture.height);
  return await encode(
    await resize(picture, Math.round(picture.width * factor), Math.round(picture.height * factor), 'cubic'),
    { format: 'png' },
  );
}

async function fingerprint(picture: Picture): Promise<Buffer> {
  const { data } = await resize(withAlpha(picture, undefined), SIDE, SIDE, 'linear');
  const alpha = alphaPlane(picture);
  return Buffer.concat([data, ...(alpha ? [(await resize(alpha, SIDE, SIDE, 'linear')).data] : [])]);
}

function alike(a: Buffer, b: Buffer): boolean {
  if (a.length !== b.length) return false;
  const differences = Array.from(a, (sample, i) => Math.abs(sample - b[i]!));
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / a.length;
  return mean <= MEAN_LEVELS && Math.max(...differences) <= MOST_LEVELS;
}

async function writeFailure(key: string, picture: Picture): Promise<string> {
  mkdirSync(join(failures, key, '..'), { recursive: true });
  const path = join(failures, `${key}.png`);
  writeFileSync(path, await encode(picture, { format: 'png' }));
  return path;
}

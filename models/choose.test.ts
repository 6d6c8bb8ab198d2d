import test from 'ava';
import { fakeCard } from '../shared/inference/testdata/cards.ts';
import { jobOptionsSchema } from '../shared/job.ts';
import type { Shelf } from './choose.ts';
import { chooseModels, chooseUpscaler, findModel } from './choose.ts';
import type { ManifestRow } from './manifest.ts';
import { parseManifest } from './manifest.ts';

const bake = {
  format: 'onnx',
  sources: [{ what: 'x', url: 'https://example.org/x', sha256: null, bytes: null, licence: 'MIT' }],
};
const known = (id: string, stage: string, more: object = {}) => ({
  id,
  stage,
  file: id,
  builtin: false,
  bake,
  ...more,
});
const strength = (id: string, denoise: number) => known(id, 'upscale', { family: 'grain', denoise });

const rows: readonly ManifestRow[] = parseManifest({
  models: [
    known('sharp', 'upscale'),
    strength('grain-1', 1),
    strength('grain-half', 0.5),
    strength('grain-0', 0),
    { id: 'ships/upscale', stage: 'upscale', file: 'u', builtin: true },
    known('large', 'segment', { aliases: ['general', 'product'] }),
    known('faces', 'segment', { aliases: ['portrait'] }),
    { id: 'ships/segment', stage: 'segment', file: 's', builtin: true },
  ],
});

/** Has those of the rows that are named, in the rows' order. */
function shelf(...ids: string[]): Shelf {
  const there = rows
    .filter(({ id }) => ids.includes(id))
    .map(({ id, stage }) => ({ card: fakeCard({ id, stage }) }));
  return { rows, list: (stage) => there.filter(({ card }) => card.stage === stage) };
}

const shipped = ['ships/upscale', 'ships/segment'];
const all = shelf(...rows.map(({ id }) => id));

test('A job that names no model gets the first of each stage that is there, and keeps its other options', (t) => {
  const options = jobOptionsSchema.parse({ scale: 4 });
  t.deepEqual(chooseModels(options, all), { ...options, model: 'large', upscaler: 'sharp' });
  t.deepEqual(chooseModels(options, shelf(...shipped)), {
    ...options,
    model: 'ships/segment',
    upscaler: 'ships/upscale',
  });
});

test('A job’s models are named by id or by alias', (t) => {
  const options = jobOptionsSchema.parse({ model: 'portrait', upscaler: 'ships/upscale' });
  t.like(chooseModels(options, all), { model: 'faces', upscaler: 'ships/upscale' });
  t.is(chooseModels({ ...options, model: 'product' }, all).model, 'large');
  t.is(chooseModels({ ...options, model: 'faces' }, all).model, 'faces');
});

const grain = ['grain-0', 'grain-half', 'grain-1'];
const wishes: readonly { name: string; there: string[]; asked: object; id: string; note?: string }[] = [
  {
    name: 'no strength asked for is the upscaler as it is named',
    there: grain,
    asked: { upscaler: 'grain-half' },
    id: 'grain-half',
  },
  {
    name: 'a strength that is there',
    there: grain,
    asked: { upscaler: 'grain-1', denoise: 0 },
    id: 'grain-0',
  },
  { name: 'the whole', there: grain, asked: { upscaler: 'grain-0', denoise: 1 }, id: 'grain-1' },
  { name: 'a strength of the default', there: grain, asked: { denoise: 0.5 }, id: 'grain-half' },
  {
    name: 'a strength between, which snaps to the nearest',
    there: grain,
    asked: { upscaler: 'grain-1', denoise: 0.7 },
    id: 'grain-half',
    note: 'denoising of 0.7 was taken as 0.5, the nearest that is there',
  },
  {
    name: 'a strength in the middle of two, which snaps to the weaker',
    there: grain,
    asked: { upscaler: 'grain-1', denoise: 0.75 },
    id: 'grain-half',
    note: 'denoising of 0.75 was taken as 0.5, the nearest that is there',
  },
  {
    name: 'the nearest of those that are there',
    there: ['grain-0', 'grain-1'],
    asked: { upscaler: 'grain-1', denoise: 0.6 },
    id: 'grain-1',
    note: 'denoising of 0.6 was taken as 1, the nearest that is there',
  },
  {
    name: 'a named strength that is not there, beside one that is',
    there: ['grain-0'],
    asked: { upscaler: 'grain-1', denoise: 0 },
    id: 'grain-0',
  },
  {
    name: 'a strength of an upscaler that has none',
    there: ['sharp', ...grain],
    asked: { denoise: 0.5 },
    id: 'sharp',
    note: 'denoising of 0.5 has no effect with sharp; grain has it',
  },
  {
    name: 'a strength of the one that ships',
    there: [],
    asked: { upscaler: 'ships/upscale', denoise: 0 },
    id: 'ships/upscale',
    note: 'denoising of 0 has no effect with ships/upscale; grain has it',
  },
];

for (const { name, there, asked, id, note } of wishes) {
  test(`Denoising: ${name}`, (t) => {
    const chosen = chooseUpscaler(asked, shelf(...there, ...shipped));
    t.deepEqual(chosen, { upscaler: id, ...(note && { note }) });
  });
}

test('What becomes of the wish for denoising is in the job', (t) => {
  const job = chooseModels(jobOptionsSchema.parse({ denoise: 0.9 }), shelf('grain-1', ...shipped));
  t.is(job.upscaler, 'grain-1');
  t.is(job.upscaler_note, 'denoising of 0.9 was taken as 1, the nearest that is there');
});

const absent: readonly { name: string; asked: object; model: string; available: string[]; hint: string }[] = [
  {
    name: 'a model that is known but not baked',
    asked: { model: 'large' },
    model: 'large',
    available: ['ships/segment'],
    hint: 'large is known but not baked: npm run bake -- large',
  },
  {
    name: 'an alias of one',
    asked: { model: 'portrait' },
    model: 'portrait',
    available: ['ships/segment'],
    hint: 'faces is known but not baked: npm run bake -- faces',
  },
  {
    name: 'a strength of which none is baked',
    asked: { upscaler: 'grain-1', denoise: 0.5 },
    model: 'grain-1',
    available: ['ships/upscale'],
    hint: 'grain-1 is known but not baked: npm run bake -- grain-1',
  },
  {
    name: 'a name nobody has',
    asked: { model: 'lrage' },
    model: 'lrage',
    available: ['ships/segment'],
    hint: 'known but not baked: large, faces; npm run bake -- ID bakes one',
  },
  {
    name: 'an upscaler for a segmentation model',
    asked: { model: 'sharp' },
    model: 'sharp',
    available: ['ships/segment'],
    hint: 'known but not baked: large, faces; npm run bake -- ID bakes one',
  },
];

for (const { name, asked, model, available, hint } of absent) {
  test(`It is MODEL_NOT_FOUND with what is there for the caller and what could be for the log: ${name}`, (t) => {
    const error = t.throws(() => chooseModels(jobOptionsSchema.parse(asked), shelf(...shipped)), {
      code: 'MODEL_NOT_FOUND',
      message: hint,
    }) as Error & { fields: object; detail: string };
    t.like(error.fields, { model, available });
    t.false(error.detail.includes('bake'), error.detail);
  });
}

test('Where nothing else could be baked there is no hint', (t) => {
  const error = t.throws(() => findModel(all, 'segment', 'huge'), { code: 'MODEL_NOT_FOUND' });
  t.is(error?.message, "There is no segment model 'huge'. Available: large, faces, ships/segment");
});

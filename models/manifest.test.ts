import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { BakedRow } from './manifest.ts';
import { bakeCommand, namesOf, parseManifest } from './manifest.ts';

const json = JSON.parse(await readFile(new URL('manifest.json', import.meta.url), 'utf8'));
const rows = parseManifest(json);
const baked = rows.filter((row): row is BakedRow => !row.builtin);

test('The manifest knows the models of the three families, and the looks', (t) => {
  const named = [
    ...['birefnet-general', 'birefnet-portrait', 'birefnet-matting', 'birefnet-lite'],
    ...['inspyrenet-base', 'inspyrenet-base-dynamic', 'inspyrenet-fast'],
    ...['isnet-general-use', 'isnet-anime', 'u2netp'],
    ...['realesrgan-x2', 'realesrgan-x2plus', 'realesrgan-x4plus'],
    ...['realesr-general-x4v3', 'realesr-general-x4v3-denoise-0.5', 'realesr-general-x4v3-denoise-0'],
  ];
  t.deepEqual(baked.map(({ id }) => id).sort(), named.sort());
  t.true(rows.some(({ id, stage }) => id === 'color' && stage === 'effects'));
});

const aliases = {
  general: 'birefnet-general',
  product: 'birefnet-general',
  portrait: 'birefnet-portrait',
  anime: 'isnet-anime',
  'realesr-general-wdn-x4v3': 'realesr-general-x4v3-denoise-0',
};

for (const [alias, id] of Object.entries(aliases)) {
  test(`${alias} is another name of ${id}`, (t) => {
    t.deepEqual(
      rows.filter((row) => namesOf(row).includes(alias)).map((row) => row.id),
      [id],
    );
  });
}

test('Baked models stand before those that ship, but for the one that knows drawings alone', (t) => {
  for (const stage of ['upscale', 'segment']) {
    const ids = rows.filter((row) => row.stage === stage).map(({ id }) => id);
    const after = ids.slice(ids.indexOf(`builtin/${stage}`) + 1);
    t.deepEqual(after, stage === 'segment' ? ['isnet-anime'] : []);
  }
});

test('Every row to bake says whose work it is, under which licence, and where it comes from', (t) => {
  for (const { id, title, licence, notice, bake } of baked) {
    t.truthy(title && licence && bake, id);
    t.deepEqual([...new Set(bake?.sources.map((source) => source.licence))], [licence], id);
    t.is(notice === undefined, licence === 'Apache-2.0', id);
    t.regex(notice ?? 'Copyright (c) 2000, nobody', /^Copyright \(c\) \d{4},? \S/);
  }
});

test('A source without a known checksum is the exception', (t) => {
  const open = baked.filter(({ bake }) => bake!.sources.some(({ sha256 }) => sha256 === null));
  t.deepEqual(
    open.map(({ id }) => id),
    ['inspyrenet-fast'],
  );
});

test('Segmentation nets have sizes in multiples of 32 and no side over 1280, upscalers a scale', (t) => {
  for (const { id, stage, bake } of baked) {
    t.is(bake?.scale !== undefined, stage === 'upscale', id);
    t.is((bake?.shapes?.length ?? 0) > 0, stage === 'segment', id);
    for (const side of bake?.shapes?.flat() ?? []) t.true(side % 32 === 0 && side <= 1280, id);
  }
});

test('The net that takes a photo in its own proportions lists five of about a megapixel', (t) => {
  const { shapes } = baked.find(({ id }) => id === 'inspyrenet-base-dynamic')!.bake!;
  t.deepEqual(
    shapes!.map(([height, width]) => Math.round((100 * width) / height)),
    [100, 133, 75, 177, 56],
  );
  for (const [height, width] of shapes!) t.true(height * width > 0.8e6 && height * width < 1.3e6);
});

test('Strengths of denoising are three, of one family, and what is between is mixed', (t) => {
  const family = baked.filter((row) => row.family === 'realesr-general-x4v3');
  t.deepEqual(
    family.map(({ denoise, bake }) => [denoise, bake?.sources.length]),
    [
      [1, 1],
      [0.5, 2],
      [0, 1],
    ],
  );
});

test('The command that brings the full models names the best of each stage, in the order asked', (t) => {
  t.is(bakeCommand(rows, ['segment', 'upscale']), 'npm run bake -- birefnet-general realesrgan-x2plus');
  t.is(bakeCommand(rows, ['upscale']), 'npm run bake -- realesrgan-x2plus');
  t.is(bakeCommand(rows, ['effects']), undefined);
});

const sound = { id: 'a', stage: 'segment', file: 'a', builtin: false };
const source = { what: 'a', url: 'https://example.org/a', sha256: null, bytes: null, licence: 'MIT' };
const wrong: readonly { name: string; models: object[]; says: RegExp }[] = [
  { name: 'a name given twice', models: [sound, { ...sound }], says: /'a' twice/ },
  {
    name: 'an alias that is an id',
    models: [sound, { ...sound, id: 'b', aliases: ['a'] }],
    says: /'a' twice/,
  },
  { name: 'a strength without a family', models: [{ ...sound, denoise: 1 }], says: /family and denoise/ },
  { name: 'a strength above the whole', models: [{ ...sound, family: 'f', denoise: 2 }], says: /denoise/ },
  { name: 'a file in another folder', models: [{ ...sound, file: '../a' }], says: /file/ },
  { name: 'something that is not known', models: [{ ...sound, colour: 'red' }], says: /colour/ },
  { name: 'a built-in that is to be baked', models: [{ ...sound, builtin: true, bake: {} }], says: /bake/ },
  {
    name: 'a checksum that is none',
    models: [{ ...sound, bake: { format: 'onnx', sources: [{ ...source, sha256: 'abc' }] } }],
    says: /sha256/,
  },
  {
    name: 'a source that anybody on the way could change',
    models: [{ ...sound, bake: { format: 'onnx', sources: [{ ...source, url: 'http://example.org/a' }] } }],
    says: /url/,
  },
];

for (const { name, models, says } of wrong) {
  test(`The manifest is refused for ${name}`, (t) => {
    const error = t.throws(() => parseManifest({ models }));
    t.regex(error?.message ?? '', says);
  });
}

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { lookNames } from '../functions/effects/looks.ts';
import type { Card } from '../shared/card.ts';
import { modelRoles } from '../shared/card.ts';
import { CutlineError } from '../shared/errors.ts';
import { fakeCard } from '../shared/inference/testdata/cards.ts';
import { jobOptionsSchema } from '../shared/job.ts';
import type { ManifestRow } from './manifest.ts';
import { bakedFolder, createRegistry, openRegistry } from './registry.ts';

const builtin = fileURLToPath(new URL('builtin', import.meta.url));
const graph = Buffer.from('stands in for a graph');
const sha256 = createHash('sha256').update(graph).digest('hex');
const row: ManifestRow = { id: 'baked', stage: 'segment', file: 'baked', builtin: false };
const sound = fakeCard({ id: 'baked', stage: 'segment', sha256, bytes: graph.length, shapes: [[32, 32]] });

/** A folder of baked models and a manifest that lists them. */
async function bake(
  t: ExecutionContext,
  files: Readonly<Record<string, string | Buffer>>,
  rows: readonly ManifestRow[] = [row],
) {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-models-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const list = join(folder, 'list.json');
  await writeFile(list, JSON.stringify({ models: rows }));
  await mkdir(join(folder, 'models'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, 'models', name), content);
  return { folder: join(folder, 'models'), list };
}

async function failureOf(work: Promise<unknown>): Promise<CutlineError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CutlineError) return error;
  throw new Error(`Expected a CutlineError but received ${error}`);
}

test('The models that ship are sound, and every file beside them belongs to one', async (t) => {
  const registry = await openRegistry();
  const entries = modelRoles.flatMap((role) => registry.list(role));
  const manifest = JSON.parse(await readFile(new URL('manifest.json', import.meta.url), 'utf8'));
  const looks = lookNames.map((id) => ({ id, file: id }));
  const shipped = [...manifest.models.filter((row: ManifestRow) => row.builtin), ...looks];
  t.deepEqual(entries.map(({ card }) => card.id).sort(), shipped.map(({ id }: ManifestRow) => id).sort());
  const files = shipped.flatMap(({ file }) => [`${file}.json`, `${file}.onnx`]);
  t.deepEqual((await readdir(builtin)).sort(), files.sort());
  for (const { card, graph: path, builtin: ships } of entries) {
    const bytes = await readFile(path);
    t.is(card.bytes, bytes.length, card.id);
    t.is(card.sha256, createHash('sha256').update(bytes).digest('hex'), card.id);
    // The segmenter that ships may take 4 MB, any other graph one.
    t.true(bytes.length < (card.stage === 'segment' ? 4_000_000 : 1_000_000), card.id);
    t.true(ships);
  }
});

test('Without a folder each stage has a model that ships, and says that it is a preview', async (t) => {
  const registry = await openRegistry();
  t.is(registry.find('upscale').card.id, 'builtin/upscale');
  t.is(registry.find('segment').card.id, 'builtin/segment');
  t.true(registry.find('upscale').card.preview && registry.find('segment').card.preview);
  const looks = registry.list('effects').map(({ card }) => card.id);
  for (const effect of jobOptionsSchema.parse({}).effects) t.true(looks.includes(effect), effect);
});

test('A baked model is found in its folder; a row whose files are not there is passed over', async (t) => {
  const rows = [{ ...row, id: 'absent', file: 'absent' }, row];
  const { folder, list } = await bake(t, { 'baked.json': JSON.stringify(sound), 'baked.onnx': graph }, rows);
  const registry = await openRegistry(folder, list);
  t.deepEqual(registry.list('segment'), [{ card: sound, graph: join(folder, 'baked.onnx'), builtin: false }]);
  t.deepEqual((await openRegistry(undefined, list)).list('segment'), []);
});

test('Weights that lie beside the graph count in its size and its checksum', async (t) => {
  const data = Buffer.from('and its weights');
  const bytes = graph.length + data.length;
  const both = createHash('sha256').update(graph).update(data).digest('hex');
  const files = {
    'baked.json': JSON.stringify({ ...sound, bytes, sha256: both }),
    'baked.onnx': graph,
    'baked.data': data,
  };
  const { folder, list } = await bake(t, files);
  const registry = await openRegistry(folder, list);
  t.is(registry.find('segment').graph, join(folder, 'baked.onnx'));
  await rm(join(folder, 'baked.data'));
  const missing = await failureOf(openRegistry(folder, list));
  t.regex(String(missing.fields.field), /^bytes: expected 21 as on disk, without external data, .* 36$/);
  await writeFile(join(folder, 'baked.data'), data.subarray(0, 5));
  const truncated = await failureOf(openRegistry(folder, list));
  t.regex(String(truncated.fields.field), /^bytes: expected 26 as on disk, with external data, .* 36$/);
  await writeFile(join(folder, 'baked.data'), 'and its weight$');
  t.regex(String((await failureOf(openRegistry(folder, list))).fields.field), /^sha256: /);
});

test('A model is found by its alias too, for its own stage alone', async (t) => {
  const rows = [{ ...row, aliases: ['product', 'general'] }];
  const { folder, list } = await bake(t, { 'baked.json': JSON.stringify(sound), 'baked.onnx': graph }, rows);
  const registry = await openRegistry(folder, list);
  for (const name of ['baked', 'product', 'general'])
    t.is(registry.find('segment', name).card.id, 'baked', name);
  t.throws(() => registry.find('upscale', 'product'), { code: 'MODEL_NOT_FOUND' });
});

test('The folder of baked models that is named must be one', async (t) => {
  t.is(await bakedFolder(builtin), builtin);
  const error = await failureOf(bakedFolder(import.meta.filename));
  t.is(error.code, 'CONFIG_INVALID');
  t.regex(error.detail, /MODELS_DIR: expected a folder .*registry\.test\.ts'$/);
});

const broken: readonly { name: string; files: Record<string, string | Buffer>; field: RegExp }[] = [
  { name: 'a card that is no JSON', files: { 'baked.json': '{' }, field: /^card: expected JSON/ },
  { name: 'a card that is no object', files: { 'baked.json': '[]' }, field: /^card: / },
  card('without a licence', { licence: undefined }, /^licence: /),
  card('with a scale of three', { scale: 3 }, /^scale: /),
  card('with a field of less than nothing', { field: -1 }, /^field: /),
  card(
    'with a type that no graph has',
    { inputs: { image: { type: 'uint9', shape: [1] } } },
    /^inputs\.image\.type: /,
  ),
  card('with a field that is not known', { colour: 'red' }, /^card: .*colour/),
  card('with a checksum that is none', { sha256: 'abc' }, /^sha256: /),
  card('of another model', { id: 'other' }, /^id: expected 'baked' .* 'other'/),
  card('of another stage', { stage: 'upscale' }, /^stage: expected 'segment' .* 'upscale'/),
  card('with another size', { bytes: 1 }, /^bytes: expected 21 .* 1$/),
  card(
    'for another onnxruntime',
    { onnxruntime: '1.2.3' },
    /^onnxruntime: expected \d+\.\d+\.\d+, which is installed, but received 1\.2\.3; bake it again: npm run bake -- baked$/,
  ),
  card('of a segmentation net that says no size', { shapes: [] }, /^shapes: Expected at least one /),
  card(
    'with a shape that is no multiple',
    { multiple: 32, shapes: [[64, 48]] },
    /^shapes: Expected multiples of 32 but received 64×48$/,
  ),
  card('with another checksum', { sha256: '0'.repeat(64) }, /^sha256: expected [0-9a-f]{64} /),
  {
    name: 'a card without its graph',
    files: { 'baked.json': JSON.stringify(sound) },
    field: /^graph: expected the \.onnx file/,
  },
];

function card(name: string, changes: Record<string, unknown>, field: RegExp) {
  const files = { 'baked.json': JSON.stringify({ ...sound, ...changes }), 'baked.onnx': graph };
  return { name: `a card ${name}`, files, field };
}

for (const { name, files, field } of broken) {
  test(`It is MODEL_INVALID naming the field: ${name}`, async (t) => {
    const { folder, list } = await bake(t, files);
    const error = await failureOf(openRegistry(folder, list));
    t.is(error.code, 'MODEL_INVALID');
    t.is(error.fields.model, 'baked');
    t.regex(String(error.fields.field), field);
  });
}

test('A model that ships but has no card is MODEL_INVALID, not passed over', async (t) => {
  const { list } = await bake(t, {}, [{ ...row, builtin: true }]);
  const error = await failureOf(openRegistry(undefined, list));
  t.is(error.code, 'MODEL_INVALID');
  t.regex(String(error.fields.field), /^card: expected baked\.json/);
});

const entry = (id: string, stage: Card['stage']) => ({
  card: fakeCard({ id, stage }),
  graph: `${id}.onnx`,
  builtin: false,
});
const registry = createRegistry([
  entry('large', 'segment'),
  entry('small', 'segment'),
  entry('box', 'helper'),
]);

test('The first model of a stage is its default, and others are found by name', (t) => {
  t.is(registry.find('segment').card.id, 'large');
  t.is(registry.find('segment', 'small').card.id, 'small');
  t.is(registry.helper('box').card.id, 'box');
});

const unknown: readonly { name: string; find: () => unknown; available: string[] }[] = [
  { name: 'a name nobody has', find: () => registry.find('segment', 'huge'), available: ['large', 'small'] },
  {
    name: 'a helper as a stage’s model',
    find: () => registry.find('segment', 'box'),
    available: ['large', 'small'],
  },
  { name: 'a stage without models', find: () => registry.find('upscale'), available: [] },
  { name: 'a model as a helper', find: () => registry.helper('large'), available: ['box'] },
];

for (const { name, find, available } of unknown) {
  test(`It is MODEL_NOT_FOUND naming those that are there: ${name}`, (t) => {
    const error = t.throws(find, { instanceOf: CutlineError });
    t.is(error?.code, 'MODEL_NOT_FOUND');
    t.deepEqual(error?.fields.available, available);
    for (const id of available) t.true(error?.detail.includes(id));
  });
}

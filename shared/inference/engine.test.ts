// The engine with its real thread, the real onnxruntime and the models that ship.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Card } from '../card.ts';
import { CutlineError } from '../errors.ts';
import type { Tensor } from '../stage.ts';
import type { Engine } from './engine.ts';
import { createEngine } from './engine.ts';
import { builtin } from './testdata/cards.ts';

const onnxruntime = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
const cudaProvider = join(onnxruntime, 'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so');
const withoutCuda = existsSync(cudaProvider) ? test.skip : test;

function open(t: ExecutionContext, devices: ('cpu' | 'cuda')[] = ['cpu'], warnOnFallback = true) {
  const warnings: string[] = [];
  const engine = createEngine({
    device: { devices, warnOnFallback },
    threads: 2,
    queueLimit: 8,
    runLimitMs: 120_000,
    onFallback: (reason) => warnings.push(reason),
    onStuck: (error) => t.fail(error.message),
  });
  t.teardown(() => engine.close());
  return { engine, warnings };
}

function grey(width: number, height: number): Record<string, Tensor> {
  return { image: { dims: [1, height, width, 3], data: new Uint8Array(width * height * 3).fill(128) } };
}

async function loadError(engine: Engine, card: Card, graph: string): Promise<CutlineError> {
  const error = await engine.load(card, graph).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CutlineError) return error;
  throw new Error(`Expected a CutlineError but received ${error}`);
}

test('A model is loaded, runs twice at two sizes, and takes its inputs along', async (t) => {
  const { engine } = open(t);
  t.is(engine.device, undefined);
  const { card, graph } = await builtin('halve');
  const model = await engine.load(card, graph);
  t.is(engine.device, 'cpu');
  t.is(model.card, card);
  for (const [width, height] of [
    [16, 8],
    [6, 24],
  ] as const) {
    const inputs = grey(width, height);
    const { image_out: out } = await model.run(inputs);
    t.deepEqual(out, {
      dims: [1, height / 2, width / 2, 3],
      data: new Uint8Array((width * height * 3) / 4).fill(128),
    });
    t.is(inputs.image!.data.byteLength, 0);
  }
});

test('One engine holds several models, and a graph with several outputs gives those of its card', async (t) => {
  const { engine } = open(t);
  const flatten = await builtin('flatten');
  const box = await builtin('box');
  const flattening = await engine.load(flatten.card, flatten.graph);
  const boxing = await engine.load(box.card, box.graph);
  const alpha = { dims: [1, 2, 2, 1], data: new Uint8Array(4).fill(255) };
  const { image_out: flat } = await flattening.run({ ...grey(2, 2), alpha });
  t.deepEqual([...flat!.data], Array(12).fill(128));
  const matte = { dims: [1, 2, 3, 1], data: Uint8Array.of(0, 255, 0, 0, 255, 0) };
  const found = await boxing.run({ matte });
  t.deepEqual([...found.box!.data], [1, 0, 2, 2]);
  t.deepEqual([...found.solid!.data], [2]);
});

test('A run that onnxruntime refuses is INFERENCE_ERROR, and the next one works', async (t) => {
  const { engine } = open(t);
  const { card, graph } = await builtin('upscale');
  const model = await engine.load(card, graph);
  const wrong = { image: { dims: [1, 4, 4, 4], data: new Uint8Array(64) } };
  t.is((await t.throwsAsync(model.run(wrong), { instanceOf: CutlineError }))?.code, 'INFERENCE_ERROR');
  const gone = grey(4, 4);
  t.is((await model.run(gone)).image_out?.data.length, 192);
  t.is((await t.throwsAsync(model.run(gone), { instanceOf: CutlineError }))?.code, 'INFERENCE_ERROR');
  t.is((await model.run(grey(4, 4))).image_out?.data.length, 192);
});

test('A graph that is missing, damaged or truncated is MODEL_INVALID and says nothing of paths', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-engine-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const { card, graph } = await builtin('upscale');
  const bytes = await readFile(graph);
  await writeFile(join(folder, 'noise.onnx'), 'this is no graph');
  await writeFile(join(folder, 'half.onnx'), bytes.subarray(0, bytes.length / 2));
  await writeFile(join(folder, 'empty.onnx'), '');
  const { engine } = open(t);
  for (const file of ['missing.onnx', 'noise.onnx', 'half.onnx', 'empty.onnx']) {
    const error = await loadError(engine, card, join(folder, file));
    t.is(error.code, 'MODEL_INVALID', file);
    t.is(error.fields.model, card.id);
    t.false(error.detail.includes(folder), error.detail);
  }
  t.truthy(await engine.load(card, graph), 'a sound model loads after unsound ones');
});

const misfits: readonly { name: string; change: Partial<Card>; field: RegExp }[] = [
  {
    name: 'an input of another name',
    change: { inputs: { picture: { type: 'uint8', shape: ['N', 'h', 'w', 3] } } },
    field: /^inputs\.picture: /,
  },
  {
    name: 'an output of another type',
    change: { outputs: { image_out: { type: 'float32', shape: ['N', '2h', '2w', 3] } } },
    field: /^outputs\.image_out\.type: expected uint8 /,
  },
  {
    name: 'an input of another shape',
    change: { inputs: { image: { type: 'uint8', shape: ['N', 3, 'h', 'w'] } } },
    field: /^inputs\.image\.shape: /,
  },
];

for (const { name, change, field } of misfits) {
  test(`A card with ${name} than its graph is MODEL_INVALID naming the field`, async (t) => {
    const { card, graph } = await builtin('upscale');
    const error = await loadError(open(t).engine, { ...card, ...change }, graph);
    t.is(error.code, 'MODEL_INVALID');
    t.regex(String(error.fields.field), field);
  });
}

withoutCuda('DEVICE=cuda is strict: without CUDA it is CONFIG_INVALID', async (t) => {
  const { card, graph } = await builtin('halve');
  const error = await loadError(open(t, ['cuda']).engine, card, graph);
  t.is(error.code, 'CONFIG_INVALID');
  t.regex(error.detail, /DEVICE: expected a device that works for 'cuda'/);
});

withoutCuda('DEVICE=cuda,cpu falls back to the CPU with one warning for all models', async (t) => {
  const { engine, warnings } = open(t, ['cuda', 'cpu']);
  for (const file of ['halve', 'neutral']) {
    const { card, graph } = await builtin(file);
    await engine.load(card, graph);
  }
  t.is(engine.device, 'cpu');
  t.is(warnings.length, 1);
  t.regex(warnings[0]!, /^cuda: /);
});

withoutCuda('DEVICE=auto falls back to the CPU in silence', async (t) => {
  const { engine, warnings } = open(t, ['cuda', 'cpu'], false);
  const { card, graph } = await builtin('halve');
  await engine.load(card, graph);
  t.is(engine.device, 'cpu');
  t.deepEqual(warnings, []);
});

// The bake's steps by themselves, and the whole command on graphs with BiRefNet's signature.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import * as ort from 'onnxruntime-node';
import { cardSchema } from '../../shared/card.ts';
import { decode, resize } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Plane } from '../../shared/image/picture.ts';
import { toTensor } from '../../shared/image/run-tiled.ts';
import { commandLimit } from '../../shared/testing/until.ts';
import {
  bake,
  execute,
  makeWeights,
  open,
  python,
  scratch,
  whereOnnx,
  whereTorch,
} from './testdata/baking.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const SIDE = 1024;
const id = 'birefnet-general';
const files = [`${id}.data`, `${id}.json`, `${id}.onnx`];

for (const module of ['fetch', 'steps', 'graphs', 'torch']) {
  const where = module === 'torch' ? whereTorch : whereOnnx;
  where(`The tests in Python pass: ${module}`, async (t) => {
    await t.notThrowsAsync(
      execute(python!, ['-W', 'ignore', '-m', 'unittest', `baking.test_${module}`], {
        cwd: here,
        ...commandLimit,
      }),
    );
  });
}

async function samplePhoto(): Promise<Plane> {
  const file = readFileSync(join(here, '..', 'samples', 'plush-bear.jpg'));
  return await resize((await decode(file, defaultLimits)).picture, SIDE, SIDE, 'linear');
}

/** The source as its authors run it: normalised floats in, logits out, sigmoid after. Levels 0–255. */
async function sourceMask(graph: string, photo: Plane): Promise<Uint8Array> {
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  const area = SIDE * SIDE;
  const input = Float32Array.from({ length: 3 * area }, (_, i) => {
    const c = Math.floor(i / area);
    return (photo.data[(i % area) * 3 + c]! / 255 - mean[c]!) / std[c]!;
  });
  const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 2 });
  const { output_image } = await session.run({
    input_image: new ort.Tensor('float32', input, [1, 3, SIDE, SIDE]),
  });
  const logits = output_image!.data as Float32Array;
  await session.release();
  return Uint8Array.from(logits, (value) => Math.round(255 / (1 + Math.exp(-value))));
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

async function bakedMask(t: ExecutionContext, folder: string, photo: Plane): Promise<Uint8Array> {
  const { model } = await open(t, folder, 'segment', id);
  const { mask } = await model.run({ image: toTensor({ ...photo, data: photo.data.slice() }) });
  t.deepEqual(mask!.dims, [1, SIDE, SIDE, 1]);
  return mask!.data as Uint8Array;
}

const precisions = [
  { precision: 'fp32', old: '', furthest: 1 },
  { precision: 'fp32', old: 'old', furthest: 1 },
  { precision: 'fp16', old: '', furthest: 2 },
  { precision: 'int8', old: '', furthest: 3 },
] as const;

for (const { precision, old, furthest } of precisions) {
  const kind = old ? 'an old export of BiRefNet, which lists temporaries first,' : 'a graph like BiRefNet';
  whereOnnx(`In ${precision} ${kind} gives the mask of its source`, async (t) => {
    const folder = scratch(t);
    const [source, out] = [join(folder, 'source.onnx'), join(folder, 'out')];
    // Its own two convolutions stay floats in int8: the first and the last do.
    await makeWeights('birefnet', source, `${SIDE}`, old, precision === 'int8' ? '8' : '0');
    const {
      code,
      stdout,
      stderr,
      files: written,
    } = await bake(out, [id, '--weights', source, '--precision', precision]);
    t.is(code, 0, stderr);
    t.deepEqual(written, files);
    t.regex(stdout, /source\.onnx is another file than the one that is published/);
    const card = cardSchema.parse(JSON.parse(readFileSync(join(out, `${id}.json`), 'utf8')));
    t.is(card.precision, precision);
    t.deepEqual(card.shapes, [[SIDE, SIDE]]);
    t.is(card.max_batch, 1);
    const photo = await samplePhoto();
    const [expected, baked] = [await sourceMask(source, photo), await bakedMask(t, out, photo)];
    t.true(new Set(expected).size > 100, 'a mask of one value would prove nothing');
    t.true(largestDifference(expected, baked) <= furthest, `${largestDifference(expected, baked)} levels`);
  });
}

whereOnnx('Baking twice gives the same bytes', async (t) => {
  const folder = scratch(t);
  const source = join(folder, 'source.onnx');
  await makeWeights('birefnet', source, `${SIDE}`, '', '8');
  for (const precision of ['fp32', 'fp16', 'int8']) {
    const outs = [1, 2].map((n) => join(folder, `${precision}-${n}`));
    for (const out of outs) {
      const { code, stderr } = await bake(out, [id, '--weights', source, '--precision', precision]);
      t.is(code, 0, stderr);
    }
    for (const file of files)
      t.deepEqual(
        readFileSync(join(outs[0]!, file)),
        readFileSync(join(outs[1]!, file)),
        `${precision} ${file}`,
      );
  }
});

/** Python that makes the source of a case that must fail. */
const sources: Readonly<Record<string, (source: string) => Promise<void>>> = {
  'another shape': (source) => makeWeights('birefnet', source, '512'),
  'an unknown operator': (source) => makeWeights('unknown', source),
  'a truncated file': async (source) => {
    await makeWeights('birefnet', source, `${SIDE}`);
    writeFileSync(source, readFileSync(source).subarray(0, 1500));
  },
  'another onnxruntime': (source) => makeWeights('birefnet', source, `${SIDE}`),
};

const troubles: readonly { name: keyof typeof sources; says: RegExp; env?: (folder: string) => string }[] = [
  {
    name: 'another shape',
    says: /^Expected float \[1, 3, 1024, 1024\] .* received float \[1, 3, 512, 512\]/,
  },
  { name: 'an unknown operator', says: /^Expected birefnet-general as it was published to run .*Bewitch/ },
  { name: 'a truncated file', says: /^Expected an ONNX graph in source\.onnx but received a damaged file/ },
  {
    name: 'another onnxruntime',
    says: /^Expected onnxruntime 1\.26\.0, as the product runs it, but received 1\.27\.1/,
    env(folder) {
      writeFileSync(
        join(folder, 'sitecustomize.py'),
        'import onnxruntime\nonnxruntime.__version__ = "1.27.1"\n',
      );
      return folder;
    },
  },
];

for (const { name, says, env } of troubles) {
  whereOnnx(`It is a sentence and leaves nothing behind: ${name}`, async (t) => {
    const folder = scratch(t);
    const source = join(folder, 'source.onnx');
    await sources[name]!(source);
    const path = env ? { PYTHONPATH: env(folder) } : {};
    const { code, stderr, files } = await bake(join(folder, 'out'), [id, '--weights', source], path);
    t.is(code, 1);
    t.regex(stderr, says);
    t.is(stderr.trim().split('\n').length, 1, stderr);
    t.deepEqual(files, []);
  });
}

whereOnnx('A folder that cannot be written to is found before anything is fetched', async (t) => {
  const folder = scratch(t);
  const [out, cache] = [join(folder, 'file'), join(folder, 'cache')];
  writeFileSync(out, '');
  const args = [join(here, 'bake.py'), id, '--out', out, '--cache', cache];
  const error = await t.throwsAsync<Error & { code: number; stderr: string }>(
    execute(python!, args, commandLimit),
  );
  t.is(error.code, 1);
  t.is(error.stderr, `Expected to write to ${out} but received: File exists.\n`);
  t.deepEqual(readdirSync(folder), ['file']);
});

whereOnnx('It is a sentence and leaves nothing behind: a full disk', async (t) => {
  const folder = scratch(t);
  const [source, out] = [join(folder, 'source.onnx'), join(folder, 'out')];
  await makeWeights('birefnet', source, `${SIDE}`, '', '8');
  // Files of at most 1 MB stand in for a disk without room: the same call fails, for the same model.
  const script = `ulimit -f 1024; exec "$0" "$@"`;
  const args = [script, python!, join(here, 'bake.py'), id, '--weights', source, '--out', out];
  const error = await t.throwsAsync<Error & { code: number; stderr: string }>(
    execute('bash', ['-c', ...args], commandLimit),
  );
  t.is(error.code, 1);
  t.regex(error.stderr, /^The disk is full, or files of this size are not allowed.*nothing was written\.\n$/);
  t.deepEqual(readdirSync(out), []);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  whereOnnx(`${signal} while a graph is written leaves nothing behind`, async (t) => {
    const folder = scratch(t);
    const source = join(folder, 'source.onnx');
    await makeWeights('birefnet', source, `${SIDE}`, '', '64');
    let sent = false;
    const interrupt = (pid: number, stdout: () => string): void => {
      if (sent || !stdout().includes('writing the graph')) return;
      sent = true;
      process.kill(pid, signal);
    };
    const result = await bake(join(folder, 'out'), [id, '--weights', source], {}, interrupt);
    t.true(sent);
    t.is(result.code, signal === 'SIGINT' ? 130 : 143);
    t.is(result.stderr, 'Interrupted: the model in work was not written.\n');
    t.deepEqual(result.files, []);
  });
}

// Both trainings run: two steps on a few small pictures give a graph and a card that the product can open, and the same
// ones again. Needs Python with models/bake/train/requirements.txt (TRAIN_PYTHON), the photos and the teacher's weights.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import * as ort from 'onnxruntime-node';
import type { Card } from '../../../shared/card.ts';
import { cardSchema } from '../../../shared/card.ts';
import { commandLimit } from '../../../shared/testing/until.ts';

const { TRAIN_PYTHON, DATASET_DIR, WEIGHTS_DIR } = process.env;
const withPython = TRAIN_PYTHON ? test : test.skip;
const trains = TRAIN_PYTHON && DATASET_DIR ? test : test.skip;
const trainsWithTeacher = TRAIN_PYTHON && DATASET_DIR && WEIGHTS_DIR ? test : test.skip;
if (!TRAIN_PYTHON || !DATASET_DIR || !WEIGHTS_DIR)
  console.log('Skipped: trainings that TRAIN_PYTHON, DATASET_DIR and WEIGHTS_DIR are not all set for.');

const script = (name: string): string => fileURLToPath(new URL(`${name}.py`, import.meta.url));
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };

/** Trains for two steps and exports. @returns where the graph and the card are */
function trainAndExport(
  t: ExecutionContext,
  name: 'segment' | 'upscale',
  ...options: readonly string[]
): string {
  const folder = mkdtempSync(join(tmpdir(), `cutline-train-${name}-`));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]): void => {
    execFileSync(TRAIN_PYTHON!, [...args, '--out', folder, '--smoke'], {
      env,
      stdio: 'pipe',
      ...commandLimit,
    });
  };
  run(script(`${name}_train`), ...options);
  run(script(`${name}_export`), join(folder, 'checkpoint.pt'));
  return join(folder, name);
}

async function readCard(path: string): Promise<Card> {
  return cardSchema.parse(JSON.parse(readFileSync(`${path}.json`, 'utf8')));
}

/** The output's size and how many levels occur in it, for a picture that looks like nothing in particular. */
async function pass(
  path: string,
  side: number,
  output: string,
): Promise<{ dims: readonly number[]; levels: number }> {
  const session = await ort.InferenceSession.create(`${path}.onnx`, { intraOpNumThreads: 1 });
  try {
    const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 37 + (i >> 5) * 11) & 255);
    const result = await session.run({ image: new ort.Tensor('uint8', data, [1, side, side, 3]) });
    const { dims, data: levels } = result[output]!;
    return { dims, levels: new Set(levels as Uint8Array).size };
  } finally {
    await session.release();
  }
}

for (const [title, name] of [
  ['What the graph drops as stray pieces is what OpenCV’s components say', 'test_pieces'],
  ['Cars are drawn whole, bicycles and furniture open, and the same ones every time', 'test_drawn'],
  [
    'Shadows only darken, lie where the subject stands, and are cast by something; floors are level',
    'test_shadows',
  ],
  ['A photo without its subject is the same ground everywhere, or none', 'test_emptied'],
  ['Where several could be the subject, animals are, things beside them are not', 'test_company'],
  ['Checkpoints are weighed into one, and what is none is refused', 'test_mix'],
  ['The network comes out of its graph as it went in, to train on as well', 'test_unpack'],
] as const) {
  withPython(title, (t) => {
    t.notThrows(() => execFileSync(TRAIN_PYTHON!, [script(name)], { env, stdio: 'pipe', ...commandLimit }));
  });
}

trains('Two steps of the segmenter’s training give a graph and its card, and twice the same', async (t) => {
  t.timeout(180_000);
  const [path, again] = [trainAndExport(t, 'segment'), trainAndExport(t, 'segment')];
  const card = await readCard(path);
  t.like(card, {
    id: 'builtin/segment',
    stage: 'segment',
    preview: true,
    precision: 'int8',
    shapes: [[64, 64]],
  });
  t.true(card.bytes < 4_000_000);
  t.is(card.check.steps, 2);
  const { dims, levels } = await pass(path, 64, 'mask');
  t.deepEqual(dims, [1, 64, 64, 1]);
  t.true(levels > 1);
  t.is((await readCard(again)).sha256, card.sha256);
});

trains(
  'A training that starts from another’s checkpoint or graph counts its steps too, and takes nothing else',
  async (t) => {
    t.timeout(180_000);
    const first = trainAndExport(t, 'segment');
    const checkpoint = join(dirname(first), 'checkpoint.pt');
    const card = await readCard(trainAndExport(t, 'segment', '--start', checkpoint));
    t.is(card.check.steps, 4);
    const unpacked = join(dirname(first), 'unpacked.pt');
    const options = ['--out', unpacked, '--side', '64', '--smoke'];
    execFileSync(TRAIN_PYTHON!, [script('segment_unpack'), `${first}.onnx`, ...options], {
      env,
      stdio: 'pipe',
      ...commandLimit,
    });
    const next = await readCard(trainAndExport(t, 'segment', '--start', unpacked));
    t.is(next.check.steps, 4);
    const error = t.throws(() => trainAndExport(t, 'segment', '--start', script('dataset')));
    t.regex(error!.message, /--start: .* is no checkpoint of this script/);
  },
);

trainsWithTeacher(
  'Two steps of the upscaler’s training give a graph and its card, and twice the same',
  async (t) => {
    t.timeout(180_000);
    const [path, again] = [trainAndExport(t, 'upscale'), trainAndExport(t, 'upscale')];
    const card = await readCard(path);
    t.like(card, { id: 'builtin/upscale', stage: 'upscale', preview: true, scale: 2 });
    t.true(card.bytes < 1_000_000);
    t.true(card.sources.some(({ licence }) => licence === 'BSD-3-Clause'));
    t.regex(card.notice!, /Xintao Wang/);
    // Before it has learnt anything it is bicubic interpolation.
    t.true(
      Math.abs(
        Number(card.check['psnr to the teacher, dB']) -
          Number(card.check['psnr of bicubic to the teacher, dB']),
      ) < 1,
    );
    const { dims, levels } = await pass(path, 40, 'image_out');
    t.deepEqual(dims, [1, 80, 80, 3]);
    t.true(levels > 1);
    t.is((await readCard(again)).sha256, card.sha256);
  },
);

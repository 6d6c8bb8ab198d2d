// The graphs in models/builtin are what models/bake writes: where Python with its requirements is at hand
// (BAKE_PYTHON), each is written anew and gives the same bytes out for the same bytes in.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import * as ort from 'onnxruntime-node';
import type { Card } from '../../shared/card.ts';
import { cardSchema } from '../../shared/card.ts';
import { commandLimit } from '../../shared/testing/until.ts';

const python = process.env.BAKE_PYTHON;
const builtin = fileURLToPath(new URL('../builtin', import.meta.url));
const SIDE = 48;

const regenerates = python ? test : test.skip;
if (!python) console.log('Skipped: BAKE_PYTHON names no Python with models/bake/requirements.txt installed.');

regenerates('the looks’ own checks in Python pass', (t) => {
  const checks = fileURLToPath(new URL('test_effects.py', import.meta.url));
  t.notThrows(() => execFileSync(python!, [checks], commandLimit));
});

regenerates('every graph that is written by hand comes out of models/bake again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cutline-author-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const author = fileURLToPath(new URL('author.py', import.meta.url));
  execFileSync(python!, [author, '--out', folder], commandLimit);
  const written = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
  t.true(written.length > 8);
  for (const name of written) {
    const card = readCard(folder, name);
    t.deepEqual(readCard(builtin, name), card, `${name}: run models/bake/author.py`);
    t.deepEqual(await outputs(builtin, name, card), await outputs(folder, name, card), name);
  }
});

function readCard(folder: string, graph: string): Card {
  return cardSchema.parse(JSON.parse(readFileSync(join(folder, graph.replace('.onnx', '.json')), 'utf8')));
}

/** What the graph makes of bytes that look like nothing in particular, but are the same each time. */
async function outputs(folder: string, name: string, card: Card): Promise<Record<string, unknown>> {
  const session = await ort.InferenceSession.create(join(folder, name), { intraOpNumThreads: 1 });
  try {
    const feeds = Object.entries(card.inputs).map(([input, { type, shape, example }]) => {
      const dims = shape.map((size) => resolve(size));
      const length = dims.reduce((a, b) => a * b, 1);
      return [
        input,
        new ort.Tensor(type, example ? Float32Array.from(example) : fill(type, length), dims),
      ] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(Object.keys(card.outputs).map((output) => [output, results[output]!.data]));
  } finally {
    await session.release();
  }
}

function resolve(size: number | string): number {
  if (typeof size === 'number') return size;
  const [, factor, side] = /^(\d?)(h|w|mh|mw)$/.exec(size) ?? [];
  return side ? (Number(factor || 1) * SIDE) / (side.startsWith('m') ? 4 : 1) : 1;
}

function fill(type: string, length: number) {
  if (type === 'uint8') return Uint8Array.from({ length }, (_, i) => (i * 37 + (i >> 5) * 11) & 255);
  if (type === 'int32') return Int32Array.from({ length }, () => SIDE);
  return Float32Array.from({ length }, (_, i) => (i % 7) / 7);
}

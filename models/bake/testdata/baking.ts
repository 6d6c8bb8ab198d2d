// For tests that bake: whether a Python for it is at hand, the real command, and the real runtime on what came out.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { StageName } from '../../../shared/card.ts';
import { resize } from '../../../shared/image/codec.ts';
import type { Plane } from '../../../shared/image/picture.ts';
import { createEngine } from '../../../shared/inference/engine.ts';
import type { Model, Tools } from '../../../shared/stage.ts';
import { commandLimit } from '../../../shared/testing/until.ts';
import { openRegistry } from '../../registry.ts';

export const python = process.env.BAKE_PYTHON;
export const weights = process.env.WEIGHTS_DIR;
/** Nothing here waits in the thread: a test that sends signals runs beside the others. */
export const execute = promisify(execFile);

const run = fileURLToPath(new URL('../run.ts', import.meta.url));
const untiled = fileURLToPath(new URL('reference.py', import.meta.url));
const manifestFile = fileURLToPath(new URL('../../manifest.json', import.meta.url));
const chance = fileURLToPath(new URL('chance_weights.py', import.meta.url));

/** Tests run beside others, and threads that wait for a core cost more than they win. */
const environment = { ...process.env, OMP_WAIT_POLICY: 'PASSIVE', OMP_NUM_THREADS: '2', PHOTOS_DIR: '' };

const has = (modules: string): boolean =>
  python !== undefined &&
  spawnSync(python, ['-c', `import ${modules}`], { stdio: 'ignore', ...commandLimit }).status === 0;

/** What a published graph needs. One after another: each has a process of its own with threads of its own. */
export const whereOnnx = has('onnx, onnxruntime, PIL') ? test.serial : test.skip;
/** What PyTorch files need too. */
export const hasTorch: boolean = has('torch, spandrel, onnxscript, timm');
export const whereTorch = hasTorch ? test.serial : test.skip;

if (whereOnnx === test.skip)
  console.log('Skipped: BAKE_PYTHON names no Python with models/bake/requirements.txt installed.');
else if (!hasTorch)
  console.log('Skipped: BAKE_PYTHON names no Python with models/bake/requirements-bake.txt installed.');

/** A folder that goes with the test. */
export function scratch(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'cutline-bake-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Baked {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Names in the folder of results afterwards, hidden ones too. */
  readonly files: readonly string[];
}

/** `npm run bake -- …args --out out` to its end; `during` may disturb it. */
export async function bake(
  out: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  during: (pid: number, stdout: () => string) => void = () => {},
): Promise<Baked> {
  mkdirSync(out, { recursive: true });
  const child = spawn(process.execPath, [run, ...args, '--out', out], {
    env: { ...environment, ...env },
    ...commandLimit,
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (part) => (text[name] += part));
  const looking = setInterval(() => during(child.pid!, () => text.stdout), 50);
  const code = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  clearInterval(looking);
  return { code, ...text, files: readdirSync(out).sort() };
}

/** What PyTorch makes of a whole picture, [h,w,3] bytes: see reference.py. */
export async function reference(
  folder: string,
  id: string,
  weights: string,
  photo: Plane,
  manifest: string = manifestFile,
): Promise<Uint8Array> {
  const [source, target] = [join(folder, 'photo.bin'), join(folder, 'reference.bin')];
  writeFileSync(source, photo.data);
  const size = [`${photo.height}`, `${photo.width}`];
  const script = [untiled, id, weights, manifest, source, ...size, target];
  await execute(python!, script, { env: environment, ...commandLimit });
  return readFileSync(target);
}

/** Weights by chance, in a file: see chance_weights.py. */
export async function makeWeights(kind: string, file: string, ...args: readonly string[]): Promise<void> {
  await execute(python!, [chance, kind, file, ...args], { env: environment, ...commandLimit });
}

export interface Opened {
  readonly model: Model;
  readonly tools: Tools;
}

/** A baked model in the real worker, found by the real registry, with the helpers that its stage asks for. */
export async function open(
  t: ExecutionContext,
  folder: string,
  stage: StageName,
  id: string,
  maxSide = 512,
): Promise<Opened> {
  const registry = await openRegistry(folder);
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: false },
    threads: 2,
    queueLimit: 1000,
    runLimitMs: 120_000,
    onFallback() {},
    onStuck() {},
  });
  t.teardown(() => engine.close());
  const entry = registry.find(stage, id);
  const model = await engine.open(entry.card, entry.graph);
  const models = new Map<string, Model>([[entry.card.id, model]]);
  for (const { card, graph } of registry.list('helper')) models.set(card.id, await engine.open(card, graph));
  const tools: Tools = {
    model: (name) => models.get(name)!,
    resize,
    tile: { maxSide, fixedShapes: false },
    progress() {},
  };
  return { model, tools };
}

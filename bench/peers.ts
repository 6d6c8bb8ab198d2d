// Beside what a shop would else use, turn by turn on the same machine: rembg over the same network, PyTorch over the same
// weights. @imgly/background-removal-node is not here: its licence is the AGPL, which does not go with this repository.
//   npm run bench peers [-- --rounds 5]
// rembg is installed into .cache/bench/peers-env, or PEERS_PYTHON names a Python that has it. PyTorch wants BAKE_PYTHON
// (with spandrel) and WEIGHTS_DIR (with realesr-general-x4v3.pth).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { segment } from '../functions/segment/stage.ts';
import { upscale } from '../functions/upscale/stage.ts';
import { decode, encode } from '../shared/image/codec.ts';
import { BENCH_MODEL, benchModel, floatModel } from './kit/bench-models.ts';
import { interleave } from './kit/interleave.ts';
import { startPeer } from './kit/peer-process.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report } from './kit/report.ts';
import { median, medianRatio } from './kit/statistics.ts';
import { benchJob, benchLimits, numbersFrom, openWorkbench, photoOf } from './kit/workbench.ts';

const cache = fileURLToPath(new URL('../.cache/bench/', import.meta.url));
const REMBG = 'rembg==2.0.86';
const ONNXRUNTIME = 'onnxruntime==1.26.0';
const UPSCALER = 'realesr-general-x4v3';

const { rounds } = numbersFrom(process.argv.slice(2), { rounds: 5 });
const folder = await mkdtemp(join(tmpdir(), 'cutline-peers-'));
const rows: Row[] = [];
const goals: Goal[] = [];
const notes = ['@imgly/background-removal-node is AGPL: neither installed nor measured.'];
try {
  await besideRembg();
  await besidePyTorch();
} finally {
  await rm(folder, { recursive: true, force: true });
}
await report({
  name: 'peers',
  title: `Peers beside Cutline, medians of ${rounds} rounds`,
  device: 'cpu',
  rows,
  goals,
  notes,
});

/** A network without cost, so that what is around it is seen: decode, resize, mask, colour, PNG. */
async function besideRembg(): Promise<void> {
  const python = process.env.PEERS_PYTHON ?? (await installRembg());
  if (python === undefined) return;
  const bench = await openWorkbench(benchJob({ model: BENCH_MODEL }), await benchModel('cheap'));
  const model = await floatModel(folder);
  const plain = await startPeer(python, ['rembg', model, `${bench.threads}`]);
  const clean = await startPeer(python, ['rembg', model, `${bench.threads}`, 'decontaminate']);
  for (const [width, height] of [
    [1200, 1600],
    [3000, 4000],
  ] as const) {
    const file = await photoOf(width, height);
    const path = join(folder, `${width}.jpg`);
    await writeFile(path, file);
    const cut = (refine: boolean) => async () => {
      const { picture } = await decode(file, benchLimits);
      const job = benchJob({ model: BENCH_MODEL, refine, smoothing: refine });
      const { pictures } = await segment(picture, job, bench.tools);
      await encode(pictures.cutout!, { format: 'png', travels: true });
    };
    const samples = await interleave(
      { mask: cut(false), refined: cut(true), rembg: () => plain.work(path), clean: () => clean.work(path) },
      rounds,
    );
    add(`cut-out of ${width}×${height}, mask as it is`, samples.mask, samples.rembg, 'rembg');
    add(
      `cut-out of ${width}×${height}, edges and colour refined`,
      samples.refined,
      samples.clean,
      'rembg, decontaminate',
    );
  }
  plain.close();
  clean.close();
  await bench.close();
}

async function besidePyTorch(): Promise<void> {
  const python = process.env.BAKE_PYTHON;
  const weights = process.env.WEIGHTS_DIR && join(process.env.WEIGHTS_DIR, `${UPSCALER}.pth`);
  if (!python || !weights || !existsSync(weights)) {
    notes.push(`PyTorch was not measured: it wants BAKE_PYTHON and WEIGHTS_DIR with ${UPSCALER}.pth.`);
    return;
  }
  const baked = join(cache, 'peers-baked');
  if (!existsSync(join(baked, `${UPSCALER}.json`)))
    run(process.execPath, [
      fileURLToPath(new URL('../models/bake/run.ts', import.meta.url)),
      UPSCALER,
      '--weights',
      weights,
      '--out',
      baked,
    ]);
  const job = benchJob({ scale: 4, upscaler: UPSCALER });
  const bench = await openWorkbench(job, baked);
  const peer = await startPeer(python, ['torch', weights, `${bench.threads}`]);
  const [width, height] = [480, 640];
  const file = await photoOf(width, height);
  const path = join(folder, 'small.jpg');
  await writeFile(path, file);
  const { picture } = await decode(file, benchLimits);
  const samples = await interleave(
    { ours: () => upscale(picture, job, bench.tools), torch: () => peer.work(path) },
    rounds,
  );
  add(`${UPSCALER} ×4 of ${width}×${height}`, samples.ours, samples.torch, 'PyTorch, whole');
  peer.close();
  await bench.close();
}

function add(what: string, ours: readonly number[], theirs: readonly number[], peer: string): void {
  const ratio = medianRatio(ours, theirs);
  rows.push({ what, 'Cutline, ms': median(ours), peer, 'peer, ms': median(theirs), 'Cutline ÷ peer': ratio });
  goals.push({ what: `${what}, against ${peer}`, goal: '≤ 1', measured: figure(ratio), met: ratio <= 1 });
}

/** @returns a Python with rembg, or nothing and a note */
async function installRembg(): Promise<string | undefined> {
  const environment = join(cache, 'peers-env');
  const python = join(environment, 'bin', 'python');
  const has = () => spawnSync(python, ['-c', 'import rembg'], { stdio: 'ignore' }).status === 0;
  if (has()) return python;
  console.error(`Installing ${REMBG} into ${environment}: about 600 MB, once`);
  await mkdir(cache, { recursive: true });
  spawnSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  spawnSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', REMBG, ONNXRUNTIME], {
    stdio: 'inherit',
  });
  if (has()) return python;
  notes.push(`rembg was not measured: ${REMBG} cannot be installed here.`);
  return undefined;
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`Expected '${args.join(' ')}' to end well but it ended with ${status}`);
}

// From the start of a process until /startup says 200, against Node, the same sessions and their first runs with nothing
// around them; the segment function by the image's command.
//   npm run bench start [-- --rounds 5]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Registry } from '../models/registry.ts';
import { openRegistry } from '../models/registry.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import { pipeline } from '../shared/pipeline.ts';
import { quietPort } from '../shared/testing/quiet-port.ts';
import { benchModel } from './kit/bench-models.ts';
import { interleave } from './kit/interleave.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report } from './kit/report.ts';
import { median, medianRatio } from './kit/statistics.ts';
import { numbersFrom } from './kit/workbench.ts';

/** What Node keeps of compiled code, where it is told to: the image brings it along. */
const compileCache = fileURLToPath(new URL('../.cache/bench/compile-cache', import.meta.url));
/** More than the clients of the cloud take to be loaded. */
const CLIENTS_MS = 3000;
const imageCommand = fileURLToPath(new URL('../functions/start.ts', import.meta.url));
const segmentFunction = fileURLToPath(new URL('../functions/segment/index.ts', import.meta.url));
const bareStart = fileURLToPath(new URL('./kit/bare-start.ts', import.meta.url));
const { rounds } = numbersFrom(process.argv.slice(2), { rounds: 5 });
const config = parseConfig({ DEVICE: 'cpu', ...process.env });
const device = config.device.devices[0]!;
const rows: Row[] = [];
const goals: Goal[] = [];
const figures: Record<string, number> = {};

for (const [name, folder] of [
  ['built in', undefined],
  ['900 MB', await benchModel('nine-hundred-mb')],
] as const)
  await measure(name, folder);
await report({
  name: 'start',
  title: `Start: a process of the segment function until it is ready, medians of ${rounds} rounds`,
  device,
  rows,
  goals,
  figures,
  notes: [
    'bare: Node, onnxruntime, the graphs that the stage opens, one run of each. bare model: the stage’s model alone.',
    'phases: as the function itself tells them, from the moment its code is loaded.',
  ],
});

async function measure(name: string, folder: string | undefined): Promise<void> {
  const registry = await openRegistry(folder);
  const graphs = graphsOf(registry);
  const phases: Record<string, number>[] = [];
  // It is written when a process ends by itself; the others are killed. Each bench run fills its own.
  await rm(compileCache, { recursive: true, force: true });
  await startProduct(folder, compileCache, 'SIGTERM');
  const samples = await interleave(
    {
      product: async () => void phases.push(await startProduct(folder)),
      cached: () => startProduct(folder, compileCache),
      bare: () => startBare(graphs),
      model: () => startBare(graphs.slice(0, 1)),
      node: () => startBare([]),
    },
    rounds,
  );
  const ready = median(samples.product);
  const ratio = medianRatio(samples.product, samples.bare);
  figures[`${folder ? 'large' : 'builtin'}_ready_ms`] = ready;
  rows.push({
    model: name,
    'ready, ms': ready,
    'ready with NODE_COMPILE_CACHE, ms': median(samples.cached),
    'bare, ms': median(samples.bare),
    'bare model, ms': median(samples.model),
    'Node and onnxruntime, ms': median(samples.node),
    'ready ÷ bare': ratio,
    ...Object.fromEntries(
      Object.keys(phases.at(-1)!).map((phase) => [`${phase}, ms`, median(phases.map((one) => one[phase]!))]),
    ),
  });
  const cached = medianRatio(samples.cached, samples.bare);
  goals.push({ what: `${name}: ready ÷ bare`, goal: '≤ 1.15', measured: figure(ratio), met: ratio <= 1.15 });
  goals.push({
    what: `${name}: the same with NODE_COMPILE_CACHE`,
    goal: '≤ 1.15',
    measured: figure(cached),
    met: cached <= 1.15,
  });
  if (folder)
    goals.push({
      what: 'the model of 900 MB',
      goal: '< 3 s on 4 cores',
      measured: `${figure(ready / 1000)} s`,
      met: ready < 3000,
    });
}

/** The stage's model first, as served-models.ts opens them. */
function graphsOf(registry: Registry): string[] {
  const stage = pipeline.find(({ name }) => name === 'segment')!;
  return [registry.find('segment'), ...stage.helpers.map((id) => registry.helper(id))].map(
    ({ graph }) => graph,
  );
}

/** @returns its own phases */
async function startProduct(
  folder: string | undefined,
  cache?: string,
  end: NodeJS.Signals = 'SIGKILL',
): Promise<Record<string, number>> {
  const port = await quietPort();
  const child = spawn(process.execPath, [imageCommand], {
    env: {
      PATH: process.env.PATH,
      // As the image has them.
      NODE_ENV: 'production',
      MALLOC_ARENA_MAX: '1',
      FUNCTION_SOURCE: segmentFunction,
      FUNCTION_TARGET: 'segment',
      PORT: `${port}`,
      GOOGLE_CLOUD_PROJECT: 'bench-project',
      RESULTS_BUCKET: 'results',
      UPLOADS_BUCKET: 'uploads',
      // Nobody is there: a start needs neither.
      STORAGE_EMULATOR_HOST: '127.0.0.1:9',
      PUBSUB_EMULATOR_HOST: '127.0.0.1:9',
      DEVICE: process.env.DEVICE ?? 'cpu',
      ...(process.env.THREADS && { THREADS: process.env.THREADS }),
      ...(folder && { MODELS_DIR: folder }),
      ...(cache && { NODE_COMPILE_CACHE: cache }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    // Asking all the time would take a core from what is asked for.
    await said(child.stdout, '"Ready"', ended);
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/startup`).catch(() => undefined);
      if (answer?.status === 200)
        return ((await answer.json()) as { phases_ms: Record<string, number> }).phases_ms;
      await answer?.body?.cancel();
      if (child.exitCode !== null) throw new Error(`The function ended with ${child.exitCode}`);
      await wait(5);
    }
  } finally {
    // The clients are loaded a moment later; a compile cache is to have them too.
    if (end !== 'SIGKILL') await wait(CLIENTS_MS);
    child.kill(end);
    await ended;
  }
}

/** When a line with these words was written, or the process has ended. */
async function said(output: Readable, words: string, ended: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let text = '';
  output.on('data', (chunk: Buffer) => {
    text += chunk;
    if (text.includes(words)) resolve();
  });
  await Promise.race([promise, ended]);
}

async function startBare(graphs: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [bareStart, device, `${config.threads ?? 0}`, ...graphs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [said] = await Promise.race([once(child.stdout, 'data'), ended]);
  child.kill('SIGKILL');
  await ended;
  if (`${said}`.trim() !== 'ready') throw new Error(`Expected a bare start but it ended with ${said}`);
}

// What the product adds to its models: segment and upscale from file to file against the bare runs of the same graphs over
// the same bytes, in one process, turn by turn.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { segment } from '../functions/segment/stage.ts';
import { upscale } from '../functions/upscale/stage.ts';
import { decode, encode } from '../shared/image/codec.ts';
import type { Picture } from '../shared/image/picture.ts';
import type { Job } from '../shared/pipeline.ts';
import type { StageResult, Tools } from '../shared/stage.ts';
import { openBare } from './kit/bare-session.ts';
import type { BenchModel } from './kit/bench-models.ts';
import { BENCH_MODEL, BENCH_UPSCALER, benchModel } from './kit/bench-models.ts';
import type { Spent, Task } from './kit/interleave.ts';
import { inTurns, startMeter } from './kit/interleave.ts';
import type { RecordedRun } from './kit/recorder.ts';
import { recorder } from './kit/recorder.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report, table } from './kit/report.ts';
import { median, medianRatio } from './kit/statistics.ts';
import type { Workbench } from './kit/workbench.ts';
import { benchJob, benchLimits, numbersFrom, openWorkbench, photoOf } from './kit/workbench.ts';

const HELP = `Usage: npm run bench overhead [-- --rounds 3]

Segment and upscale from file to file (read, decode, stage, encode as PNG, write) against the bare session.run of the
same shapes, each by the built-in model and by one of the full model's cost with weights by chance, which is made once.

--rounds N   after one for nothing; the built-in models take three times as many. Ratios are medians over rounds.
DEVICE, THREADS   as the product reads them; DEVICE is cpu unless it is named. onnxruntime's threads spin while they wait:
             where other work runs, only THREADS=1 gives a processor's time that is work.

Goals: segment ≤ 1.10 with BiRefNet's cost, upscale ≤ 1.05; in time and in the processor's time, which other work on the
machine disturbs less. On four cores that have nothing else to do it takes about five minutes.`;

interface Case {
  readonly name: string;
  readonly job: Job;
  /** Whose runs are the limit. */
  readonly main: string;
  readonly made?: BenchModel;
  readonly goal?: number;
  /** On a CPU, where a tile of 256² takes a second: a photo that is done in a few, in several tiles all the same. */
  readonly small?: { readonly width: number; readonly height: number; readonly maxSide: number };
  stage(image: Picture, job: Job, tools: Tools): Promise<StageResult>;
}

type Contender = 'model' | 'stage' | 'whole' | 'decode' | 'encode';
type PerContender<Value> = Record<Contender, Value> & { readonly helpers?: Value };

// The brief's photo.
const photo = { width: 1200, height: 1600 };
const CHEAP_ROUNDS = 3;
const enlarge: Case['stage'] = (image, job, tools) => upscale(image, job, tools);
const cases: readonly Case[] = [
  {
    name: 'segment, BiRefNet’s cost',
    job: benchJob({ model: BENCH_MODEL }),
    main: BENCH_MODEL,
    made: 'birefnet-cost',
    goal: 1.1,
    stage: segment,
  },
  { name: 'segment, built in', job: benchJob(), main: 'builtin/segment', stage: segment },
  {
    name: 'upscale ×2, Real-ESRGAN’s cost',
    job: benchJob({ scale: 2, upscaler: BENCH_UPSCALER }),
    main: BENCH_UPSCALER,
    made: 'rrdbnet-cost',
    goal: 1.05,
    small: { width: 240, height: 320, maxSide: 192 },
    stage: enlarge,
  },
  {
    name: 'upscale ×2, built in',
    job: benchJob({ scale: 2 }),
    main: 'builtin/upscale',
    goal: 1.05,
    stage: enlarge,
  },
];

if (process.argv.includes('--help')) console.log(HELP);
else await compareAll();

async function compareAll(): Promise<void> {
  const { rounds } = numbersFrom(process.argv.slice(2), { rounds: 3 });
  const found = [];
  for (const one of cases) {
    console.error(`Measuring: ${one.name}`);
    const compared = await compare(one, one.made ? rounds : rounds * CHEAP_ROUNDS);
    // Whoever stops it has what was found.
    console.error(table([compared.row]));
    found.push(compared);
  }
  const { device, threads } = found[0]!;
  await report({
    name: 'overhead',
    title: `Overhead: a stage against the bare session.run of its model, ${threads} threads`,
    device,
    rows: found.map(({ row }) => row),
    goals: found.flatMap(({ goals }) => goals),
    notes: [
      'stage: pixels in, pixels out. file to file: with reading, decoding, encoding as PNG and writing. all graphs: the model’s and the helper graphs’ bare runs.',
      'Medians over rounds. CPU: the time that all threads of the process worked; without it, what passed.',
    ],
  });
}

async function compare(one: Case, rounds: number) {
  const bench = await openWorkbench(one.job, one.made && (await benchModel(one.made)));
  const folder = await mkdtemp(join(tmpdir(), 'cutline-overhead-'));
  try {
    const small = bench.device === 'cpu' ? one.small : undefined;
    const { width, height } = small ?? photo;
    const file = join(folder, 'photo.jpg');
    await writeFile(file, await photoOf(width, height));
    // Tiles must not change between the recording and the last round.
    const tile = small ? { maxSide: small.maxSide, fixedShapes: false } : bench.tools.tile;
    const { tasks, runs } = await contenders(one, file, bench, { ...bench.tools, tile });
    const samples = await inTurns(tasks, rounds, startMeter);
    const about = { case: one.name, photo: `${width}×${height}`, runs, rounds };
    return { ...judge(one, about, samples), device: bench.device, threads: bench.threads };
  } finally {
    await bench.close();
    await rm(folder, { recursive: true });
  }
}

/** What takes turns, and how many runs of the main model it comes to. */
async function contenders({ job, main, stage }: Case, file: string, bench: Workbench, tools: Tools) {
  const read = async () => (await decode(await readFile(file), benchLimits)).picture;
  const write = async ({ pictures }: StageResult): Promise<void> => {
    for (const [name, made] of Object.entries(pictures))
      await writeFile(`${file}.${name}.png`, await encode(made, { format: 'png', travels: true }));
  };
  const picture = await read();
  const recorded = recorder(tools);
  const result = await stage(picture, job, { ...tools, model: recorded.model });
  const runs = recorded.runs.filter(({ model }) => model === main);
  const helpers = recorded.runs.filter(({ model }) => model !== main);
  const bare = await bareRuns(recorded.runs, bench);
  const tasks: PerContender<Task> = {
    model: () => bare(runs),
    ...(helpers.length > 0 && { helpers: () => bare(helpers) }),
    stage: () => stage(picture, job, tools),
    whole: async () => write(await stage(await read(), job, tools)),
    decode: read,
    encode: () => write(result),
  };
  return { tasks, runs: runs.length };
}

async function bareRuns(runs: readonly RecordedRun[], bench: Workbench) {
  const { registry } = bench;
  const entries = [...registry.list('helper'), ...registry.list('segment'), ...registry.list('upscale')];
  const sessions = new Map<string, Awaited<ReturnType<typeof openBare>>>();
  for (const id of new Set(runs.map(({ model }) => model)))
    sessions.set(id, await openBare(entries.find(({ card }) => card.id === id)!, bench));
  return async (wanted: readonly RecordedRun[]): Promise<void> => {
    for (const { model, inputs } of wanted) await sessions.get(model)!.run(inputs);
  };
}

function judge(
  { name, goal }: Case,
  about: Row,
  samples: Readonly<PerContender<readonly Spent[]>>,
): { row: Row; goals: Goal[] } {
  const ms = (contender: Contender) => samples[contender].map((spent) => spent.ms);
  const cpu = (contender: Contender) => samples[contender].map((spent) => spent.cpuMs);
  const graphs = samples.helpers?.map((spent, round) => spent.ms + samples.model[round]!.ms);
  const ratios = {
    'file to file ÷ model': medianRatio(ms('whole'), ms('model')),
    'file to file ÷ model, CPU': medianRatio(cpu('whole'), cpu('model')),
  };
  const row = {
    ...about,
    'model bare, ms': median(ms('model')),
    'all graphs, ms': graphs ? median(graphs) : null,
    'stage, ms': median(ms('stage')),
    'file to file, ms': median(ms('whole')),
    'model bare, CPU ms': median(cpu('model')),
    'file to file, CPU ms': median(cpu('whole')),
    'read and decode, CPU ms': median(cpu('decode')),
    'encode and write, CPU ms': median(cpu('encode')),
    'stage ÷ all graphs': graphs ? medianRatio(ms('stage'), graphs) : null,
    'stage ÷ model': medianRatio(ms('stage'), ms('model')),
    ...ratios,
  };
  if (goal === undefined) return { row, goals: [] };
  const goals = Object.entries(ratios).map(([what, ratio]) => ({
    what: `${name}: ${what}`,
    goal: `≤ ${goal}`,
    measured: figure(ratio),
    met: ratio <= goal,
  }));
  return { row, goals };
}

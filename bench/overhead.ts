// What the product adds to its models: segment and upscale from file to file against the bare runs of the same graphs over
// the same bytes, in one process, turn by turn.
//   npm run bench overhead [-- --rounds 3]
import { segment } from '../functions/segment/stage.ts';
import { upscale } from '../functions/upscale/stage.ts';
import { decode, encode, resize } from '../shared/image/codec.ts';
import type { Job } from '../shared/pipeline.ts';
import type { StageResult, Tools } from '../shared/stage.ts';
import { openBare } from './kit/bare-session.ts';
import { BENCH_MODEL, BENCH_UPSCALER, benchModel } from './kit/bench-models.ts';
import { interleave } from './kit/interleave.ts';
import { recorder } from './kit/recorder.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report } from './kit/report.ts';
import { median, medianRatio } from './kit/statistics.ts';
import { benchJob, benchLimits, numbersFrom, openWorkbench, photoOf } from './kit/workbench.ts';

interface Case {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly job: Job;
  /** Whose runs are the limit. */
  readonly main: string;
  readonly folder?: string;
  readonly goal?: number;
  stage(image: Parameters<typeof segment>[0], job: Job, tools: Tools): Promise<StageResult>;
}

const { rounds } = numbersFrom(process.argv.slice(2), { rounds: 3 });
const rows: Row[] = [];
const goals: Goal[] = [];
let device = 'cpu';

// The brief's photo.
const [width, height] = [1200, 1600];
const enlarge: Case['stage'] = (image, job, tools) => upscale(image, job, tools);
const cases: readonly Case[] = [
  {
    name: 'segment, BiRefNet’s cost',
    width,
    height,
    job: benchJob({ model: BENCH_MODEL }),
    main: BENCH_MODEL,
    folder: await benchModel('birefnet-cost'),
    goal: 1.1,
    stage: segment,
  },
  { name: 'segment, built in', width, height, job: benchJob(), main: 'builtin/segment', stage: segment },
  {
    name: 'upscale ×2, Real-ESRGAN’s cost',
    // A sixteenth of the photo: a tile of 256² takes a second.
    width: width / 4,
    height: height / 4,
    job: benchJob({ scale: 2, upscaler: BENCH_UPSCALER }),
    main: BENCH_UPSCALER,
    folder: await benchModel('rrdbnet-cost'),
    goal: 1.05,
    stage: enlarge,
  },
  {
    name: 'upscale ×2, built in',
    width,
    height,
    job: benchJob({ scale: 2 }),
    main: 'builtin/upscale',
    goal: 1.05,
    stage: enlarge,
  },
];
for (const one of cases) await measure(one);
await report({
  name: 'overhead',
  title: `Overhead: a stage against the bare session.run of its model, medians of ${rounds} rounds`,
  device,
  rows,
  goals,
  notes: [
    'stage: pixels in, pixels out. file to file: with decoding the JPEG and encoding the PNG. all graphs: the bare runs of the helper graphs too.',
  ],
});

async function measure({ name, width, height, job, main, folder, goal, stage }: Case): Promise<void> {
  const bench = await openWorkbench(job, folder);
  device = bench.device;
  const file = await photoOf(width, height);
  const { picture } = await decode(file, benchLimits);
  const recorded = recorder(bench.tools);
  await stage(picture, job, { ...bench.tools, model: recorded.model });
  const entries = new Map(
    [
      ...bench.registry.list('helper'),
      ...bench.registry.list('segment'),
      ...bench.registry.list('upscale'),
    ].map((entry) => [entry.card.id, entry]),
  );
  const sessions = new Map<string, Awaited<ReturnType<typeof openBare>>>();
  for (const id of new Set(recorded.runs.map(({ model }) => model)))
    sessions.set(id, await openBare(entries.get(id)!, bench));
  const bare = async (only?: string): Promise<void> => {
    for (const { model, inputs } of recorded.runs)
      if (only === undefined || model === only) await sessions.get(model)!.run(inputs);
  };
  const samples = await interleave(
    {
      model: () => bare(main),
      graphs: () => bare(),
      stage: () => stage(picture, job, bench.tools),
      whole: async () => {
        const { pictures } = await stage((await decode(file, benchLimits)).picture, job, {
          ...bench.tools,
          resize,
        });
        for (const made of Object.values(pictures)) await encode(made, { format: 'png', travels: true });
      },
    },
    rounds,
  );
  await bench.close();
  const ratios = {
    'stage ÷ model': medianRatio(samples.stage, samples.model),
    'file to file ÷ model': medianRatio(samples.whole, samples.model),
  };
  rows.push({
    case: name,
    photo: `${width}×${height}`,
    runs: recorded.runs.filter(({ model }) => model === main).length,
    'model bare, ms': median(samples.model),
    'all graphs, ms': median(samples.graphs),
    'stage, ms': median(samples.stage),
    'file to file, ms': median(samples.whole),
    'stage ÷ all graphs': medianRatio(samples.stage, samples.graphs),
    ...ratios,
  });
  if (goal === undefined) return;
  for (const [what, ratio] of Object.entries(ratios))
    goals.push({ what: `${name}: ${what}`, goal: `≤ ${goal}`, measured: figure(ratio), met: ratio <= goal });
}

// Entry of `npm run cost`: reads the stage times, makes the bills, prints a table, writes a chart.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readResults } from '../kit/report.ts';
import type { CostArguments } from './arguments.ts';
import { costHelp, parseCostArguments, UsageError } from './arguments.ts';
import { bill, topologies } from './bill.ts';
import { regions } from './prices.ts';
import type { StageTimes } from './statement.ts';
import { chartOf, documentOf, textOf } from './statement.ts';

/** Milliseconds of the brief's log of an L4 (birefnet-esrgan-deployment-analysis.md): two looks, 1200×1600 to 2400×3200. */
const BRIEF_MS = [2968, 657, 4958 + 3400];

try {
  const args = parseCostArguments(process.argv.slice(2));
  if (args.help) console.log(costHelp());
  else await state(args);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function state(args: CostArguments): Promise<void> {
  const times = await readTimes(args);
  const region = regions[args.region];
  const assumptions = {
    ...args.assumptions,
    stageSec: times.seconds.map((seconds) => seconds * args.factor),
  };
  const bills = topologies.map((topology) => bill(topology, assumptions, region));
  const statement = { args, times, assumptions, bills };
  console.log(args.json ? JSON.stringify(documentOf(statement), null, 2) : textOf(statement));
  if (args.chart === undefined) return;
  await mkdir(dirname(args.chart), { recursive: true });
  await writeFile(args.chart, chartOf(assumptions, region));
  if (!args.json) console.log(`\nChart: ${args.chart}`);
}

/** @throws UsageError where nothing was measured yet */
async function readTimes({ times }: CostArguments): Promise<StageTimes> {
  if (times === 'brief')
    return { seconds: BRIEF_MS.map((ms) => ms / 1000), source: 'the brief’s log of an L4 with PyTorch' };
  if (times !== 'measured') return { seconds: times, source: 'as given' };
  const results = await readResults('brief');
  const { upscale_ms, segment_ms, effects_ms } = results?.figures ?? {};
  if (!results || upscale_ms === undefined || segment_ms === undefined || effects_ms === undefined)
    throw new UsageError(
      'Expected stage times in bench/results/brief.json but there are none: npm run bench brief, or --times brief, or --times 3,0.7,2.',
    );
  const { cpu, cores, date } = results.machine;
  return {
    seconds: [upscale_ms, segment_ms, effects_ms].map((ms) => ms / 1000),
    source: `measured on ${cpu}, ${cores} cores, ${date}, with ${results.about}`,
  };
}

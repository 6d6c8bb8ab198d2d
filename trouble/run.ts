// npm run test:trouble [-- PART… --seed N --jobs N --inputs N --visits N --embedded]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { noCloud } from '../shared/testing/cloud-emulators.ts';
import { createChance } from './chance.ts';
import { endAll } from './cleanup.ts';
import { openCloudTrial } from './cloud-trial.ts';
import { openEmbeddedTrial } from './embedded-trial.ts';
import { badMoments } from './ends.ts';
import type { Findings } from './findings.ts';
import { describeFindings, keepFindings } from './findings.ts';
import { hostileInputs } from './hostile.ts';
import { jobsUnderTrouble } from './jobs.ts';
import { HOUR, trafficHour } from './traffic.ts';

const help = `Usage: npm run test:trouble [-- PART… options]

  jobs       jobs while stages, bus and store are killed, slowed and cut off: each ends once, as undisturbed
  hostile    hostile inputs over HTTP: no crash, no 5xx but 503 and 504, no hang, memory back
  traffic    an hour of traffic compressed: memory, handles, temporary files flat
  ends       out of memory, a stuck model, a full disk, a clock that goes back, SIGTERM in every phase

  --jobs N     (default: TROUBLE_JOBS, else 1000)
  --inputs N   (default: TROUBLE_INPUTS, else 10000)
  --visits N   (default: TROUBLE_VISITS, else ${HOUR}: an hour)
  --seed N     of all chance (default: TROUBLE_SEED, else a new one, which is printed)
  --embedded   jobs through npm run serve, though the emulators are there

Without a part: all. Results: bench/results/trouble.json. Exit: 0 all is well, 1 something is wrong, 2 wrong usage.`;

const results = fileURLToPath(new URL('../bench/results/trouble.json', import.meta.url));
const began = performance.now();
const say = (line: string): void => {
  process.stderr.write(`${String(Math.round((performance.now() - began) / 1000)).padStart(5)} s  ${line}\n`);
};

let interrupted = false;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => {
    interrupted = true;
    void endAll().finally(() => process.exit(code));
  });

const parsed = readArguments();
if (parsed === undefined) {
  console.log(help);
} else if (typeof parsed === 'string') {
  console.error(parsed);
  process.exitCode = 2;
} else {
  process.exitCode = await main(parsed).catch((error: unknown) => {
    // What is taken away from under a part makes it fail.
    if (interrupted) return new Promise<number>(() => {});
    throw error;
  });
}

interface Asked {
  readonly parts: readonly PartName[];
  readonly seed: number;
  readonly jobs: number;
  readonly inputs: number;
  readonly visits: number;
  readonly embedded: boolean;
}

type PartName = 'jobs' | 'hostile' | 'traffic' | 'ends';

async function main(asked: Asked): Promise<number> {
  const { seed, jobs, inputs, visits } = asked;
  console.log(`Seed ${seed}: --seed ${seed} gives the same troubles again.`);
  const chance = createChance(seed);
  const parts: Readonly<Record<PartName, () => Promise<Findings>>> = {
    jobs: async () => {
      const trial = (asked.embedded ? undefined : await openCloudTrial()) ?? (await openEmbeddedTrial());
      if (!asked.embedded && !trial.takesOptions) say(`not through emulators: ${noCloud}`);
      try {
        return await jobsUnderTrouble(trial, { jobs, chance: chance.fork('jobs'), say });
      } finally {
        await trial.close();
      }
    },
    hostile: () => hostileInputs({ inputs, chance: chance.fork('hostile'), say }),
    traffic: () => trafficHour({ visits, chance: chance.fork('traffic'), say }),
    ends: () => badMoments({ chance: chance.fork('ends'), say }),
  };
  const found: Findings[] = [];
  for (const part of asked.parts) {
    say(part);
    found.push(await parts[part]());
    console.log(describeFindings(found.at(-1)!));
    await keepFindings(results, seed, found.at(-1)!);
  }
  return found.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

/** @returns nothing where help is asked for, a sentence for wrong usage */
function readArguments(): Asked | string | undefined {
  try {
    const text = { type: 'string' } as const;
    const options = { jobs: text, inputs: text, visits: text, seed: text };
    const flags = { embedded: { type: 'boolean', default: false }, help: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ options: { ...options, ...flags }, allowPositionals: true });
    if (values.help) return undefined;
    const whole = (name: keyof typeof options, otherwise: number): number => {
      const value = Number(values[name] ?? process.env[`TROUBLE_${name.toUpperCase()}`] ?? otherwise);
      if (Number.isInteger(value) && value >= 1) return value;
      throw new Error(`Expected a whole number from 1 for --${name} but received '${values[name]}'`);
    };
    const all: readonly PartName[] = ['jobs', 'hostile', 'traffic', 'ends'];
    const unknown = positionals.find((name) => !all.includes(name as PartName));
    if (unknown !== undefined) throw new Error(`Expected one of ${all.join(', ')} but received '${unknown}'`);
    return {
      parts: positionals.length > 0 ? (positionals as PartName[]) : all,
      seed: whole('seed', 1 + Math.floor(Math.random() * 999_999)),
      jobs: whole('jobs', 1000),
      inputs: whole('inputs', 10_000),
      visits: whole('visits', HOUR),
      embedded: values.embedded,
    };
  } catch (error) {
    return `${(error as Error).message.split('. To specify')[0]} (--help tells more)`;
  }
}

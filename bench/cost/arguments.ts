// The command line of `npm run cost`.
import { parseArgs } from 'node:util';
import type { Assumptions, Topology } from './bill.ts';
import { topologies } from './bill.ts';
import type { RegionName } from './prices.ts';
import { regions } from './prices.ts';

interface Flag {
  readonly value: string;
  readonly default: string;
  readonly help: string;
}

const flags = {
  'photos-per-day': { value: 'N', default: '200', help: 'photos on a day, on average' },
  topology: {
    value: 'NAME',
    default: 'split',
    help: `whose bill is listed line by line: ${topologies.join(', ')}`,
  },
  region: { value: 'NAME', default: 'us-east4', help: Object.keys(regions).join(', ') },
  hours: { value: 'FROM-TO', default: '9-21', help: 'when photos come, 0-24 for always' },
  times: {
    value: 'T',
    default: 'measured',
    help: 'seconds with upscale,segment,effects; `measured` by npm run bench brief; `brief`: the brief’s log of an L4',
  },
  factor: { value: 'X', default: '1', help: 'times are multiplied by it: an L4’s ÷ the measuring machine’s' },
  'cold-start': { value: 'SEC', default: '20', help: 'from nothing until ready (the brief: 15–20)' },
  idle: {
    value: 'SEC',
    default: '600',
    help: 'how long an instance without work is kept; Cloud Run: up to 600',
  },
  'max-instances': { value: 'N', default: '3', help: 'of each service' },
  cpus: { value: 'N', default: '4', help: 'beside a GPU; 4 at least' },
  memory: { value: 'GIB', default: '16', help: 'beside a GPU; 16 at least' },
  'stored-mb': { value: 'MB', default: '33', help: 'of a photo and all its results' },
  'kept-days': { value: 'N', default: '30', help: 'how long they are kept' },
  'sent-mb': { value: 'MB', default: '10', help: 'fetched of each photo’s results' },
  days: { value: 'N', default: '30', help: 'simulated' },
  seed: { value: 'N', default: '1', help: 'of chance' },
  chart: { value: 'FILE', default: 'bench/results/cost.svg', help: 'where the chart goes; `none` for none' },
} as const satisfies Record<string, Flag>;

type FlagName = keyof typeof flags;

export type TimesSource = 'measured' | 'brief' | readonly number[];

export interface CostArguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly topology: Topology;
  readonly region: RegionName;
  readonly times: TimesSource;
  readonly factor: number;
  /** Undefined for none. */
  readonly chart: string | undefined;
  readonly assumptions: Omit<Assumptions, 'stageSec'>;
}

/** Wrong usage, all of it, in sentences. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseCostArguments(args: readonly string[]): CostArguments {
  const names = Object.keys(flags) as FlagName[];
  const problems: string[] = [];
  const given = parse(args, names);
  const text = (name: FlagName): string => given[name] ?? flags[name].default;
  const number = (name: FlagName, least: number, most = Infinity): number => {
    const value = Number(text(name));
    if (text(name).trim() !== '' && value >= least && value <= most) return value;
    const range = most === Infinity ? `a number from ${least}` : `a number from ${least} to ${most}`;
    return wrong(name, range, Number.NaN);
  };
  const positive = (name: FlagName): number => {
    const value = Number(text(name));
    return value > 0 && value < Infinity ? value : wrong(name, 'a number above 0', Number.NaN);
  };
  const oneOf = <Name extends string>(name: FlagName, all: readonly Name[]): Name =>
    all.find((one) => one === text(name)) ?? wrong(name, `one of ${all.join(', ')}`, all[0]!);
  const [opens, closes] =
    readHours(text('hours')) ??
    wrong('hours', 'two hours such as 9-21, the first before the second', [0, 24]);
  const parsed: CostArguments = {
    help: given.help === true,
    json: given.json === true,
    topology: oneOf('topology', topologies),
    region: oneOf('region', Object.keys(regions) as RegionName[]),
    times:
      readTimes(text('times')) ?? wrong('times', 'measured, brief or three numbers such as 3,0.7,2', 'brief'),
    factor: positive('factor'),
    chart: text('chart') === 'none' ? undefined : text('chart'),
    assumptions: {
      photosPerDay: positive('photos-per-day'),
      opens,
      closes,
      days: number('days', 1, 3660),
      seed: number('seed', 0),
      coldSec: number('cold-start', 0),
      idleSec: number('idle', 0),
      maxInstances: number('max-instances', 1),
      cpus: number('cpus', 4, 8),
      memoryGib: number('memory', 16, 32),
      storedMb: number('stored-mb', 0),
      keptDays: number('kept-days', 0),
      sentMb: number('sent-mb', 0),
    },
  };
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return parsed;

  function wrong<Fallback>(name: FlagName, expected: string, fallback: Fallback): Fallback {
    problems.push(`Expected ${expected} for --${name} but received '${text(name)}'.`);
    return fallback;
  }
}

export function costHelp(): string {
  const lines = Object.entries(flags).map(([name, { value, default: usual, help }]) => {
    return `  ${`--${name} ${value}`.padEnd(20)}${help} (${usual})`;
  });
  return [
    'What Cutline costs a shop on Cloud Run with L4 GPUs, a month and for 1,000 photos.',
    '',
    'Usage: npm run cost [-- options]',
    '',
    ...lines,
    `  ${'--json'.padEnd(20)}everything as JSON on standard output`,
    `  ${'--help'.padEnd(20)}this text`,
    '',
    'Prices are those of bench/cost/prices.ts, each with its source and date; free tiers, discounts and taxes are left out.',
    'Exit: 0 done, 2 wrong usage.',
  ].join('\n');
}

function parse(
  args: readonly string[],
  names: readonly FlagName[],
): Partial<Record<FlagName, string>> & { help?: boolean; json?: boolean } {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const extra = { help: { type: 'boolean' as const }, json: { type: 'boolean' as const } };
  try {
    return parseArgs({ args: [...args], options: { ...options, ...extra } }).values as ReturnType<
      typeof parse
    >;
  } catch (error) {
    throw new UsageError(
      `${(error as Error).message.split('. To specify')[0]}. Expected options as in --help.`,
    );
  }
}

function readHours(text: string): readonly [number, number] | undefined {
  const [, from, to] = /^(\d{1,2}(?:\.\d+)?)-(\d{1,2}(?:\.\d+)?)$/.exec(text) ?? [];
  const [opens, closes] = [Number(from), Number(to)];
  return opens < closes && closes <= 24 ? [opens, closes] : undefined;
}

function readTimes(text: string): TimesSource | undefined {
  if (text === 'measured' || text === 'brief') return text;
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return parts.length === 3 && parts.every((part) => part >= 0 && part < Infinity) ? parts : undefined;
}

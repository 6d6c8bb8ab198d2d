// The command line: options of a job from their one schema, and a few of the command's own.
import { parseArgs } from 'node:util';
import type { ResultFormat } from '../../shared/image/codec.ts';
import { resultFormats } from '../../shared/image/codec.ts';
import type { JobOptions } from '../../shared/job.ts';
import { jobOptionsSchema } from '../../shared/job.ts';

export interface Arguments {
  /** Files and folders; none means the samples. */
  readonly inputs: readonly string[];
  readonly out: string;
  readonly models: string | undefined;
  readonly format: ResultFormat;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly job: Omit<JobOptions, 'effects'>;
  /** Undefined stands for all of them. */
  readonly effects: readonly string[] | undefined;
}

/** Wrong usage: exit 2 with this sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Flag {
  readonly flag: string;
  readonly value?: string;
  readonly help: string;
}

const ownFlags = [
  { flag: 'out', value: 'DIR', help: 'where results go (default: out)' },
  { flag: 'models', value: 'DIR', help: 'folder of baked models (default: only the built-in ones)' },
  { flag: 'format', value: resultFormats.join('|'), help: 'file format of the results (default: png)' },
  { flag: 'json', help: 'one line of JSON per photo on stdout and nothing else there' },
  { flag: 'quiet', help: 'no progress bar and no table' },
  { flag: 'help', help: 'this text' },
  { flag: 'version', help: 'the version' },
] as const satisfies readonly Flag[];

const defaults: Readonly<Record<string, string>> = {
  scale: ' (default: 2)',
  effects: ' (default: enhanced-bw,color)',
};

const jobFlags = Object.entries(jobOptionsSchema.shape).map(([key, schema]) => {
  const { flag, value, help } = schema.meta()!.cli!;
  return { key, flag, ...(value !== undefined && { value }), help: help + (defaults[flag] ?? '') };
});

/** All of them, in the order of the help. */
export const flags: readonly Flag[] = [...jobFlags, ...ownFlags];

export type Command =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'run'; readonly arguments: Arguments };

/** @throws UsageError saying what was expected */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const format = text(values.format) ?? 'png';
  if (!isResultFormat(format)) throw unexpected('format', resultFormats.join('|'), format);
  const { effects, ...job } = parseJob(values);
  return {
    kind: 'run',
    arguments: {
      inputs: positionals,
      out: text(values.out) ?? 'out',
      models: text(values.models),
      format,
      json: values.json === true,
      quiet: values.quiet === true,
      job,
      effects: effects.length === 1 && effects[0] === 'all' ? undefined : effects,
    },
  };
}

type Values = Record<string, string | boolean | undefined>;

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    flags.map(({ flag, value }): [string, { type: 'string' | 'boolean' }] => [
      flag,
      { type: value ? 'string' : 'boolean' },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    // Node's own sentence ends with advice on '--' that helps nobody here.
    const sentence = (error as Error).message.split('. To specify')[0]!;
    throw new UsageError(`${sentence}. Expected options as in --help.`);
  }
}

function parseJob(values: Values): JobOptions {
  const given: Record<string, unknown> = {};
  for (const { key, flag, value } of jobFlags) {
    const entry = values[flag];
    if (entry === undefined) continue;
    if (!value) given[key] = !flag.startsWith('no-');
    else if (key === 'effects') given[key] = parseList(String(entry));
    else given[key] = /^(N|\d[|\d]*)$/.test(value) ? Number(entry) : entry;
  }
  const parsed = jobOptionsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const key = parsed.error.issues[0]!.path[0];
  const wrong = jobFlags.find((flag) => flag.key === key)!;
  throw unexpected(wrong.flag, wrong.value ?? 'no value', String(values[wrong.flag]));
}

function parseList(entry: string): string[] {
  if (entry === 'none') return [];
  return [...new Set(entry.split(',').map((name) => name.trim()))].filter((name) => name !== '');
}

export function unexpected(flag: string, expected: string, received: string): UsageError {
  return new UsageError(`Expected ${expected} for --${flag} but received '${received}'.`);
}

export function helpText(effects: readonly string[]): string {
  const line = ({ flag, value, help }: Flag): string =>
    `  ${`--${flag}${value ? ` ${value}` : ''}`.padEnd(26)} ${help}`;
  return [
    'Cutline: enlarges photos, cuts the subject out, and makes print looks of it.',
    '',
    'Usage: npm start -- [options] <photos or folders…>',
    '       npm start                  the sample photos',
    '',
    'What to make',
    ...jobFlags.map(line),
    `  ${''.padEnd(26)} effects: ${effects.join(', ')}`,
    '',
    'How to run',
    ...ownFlags.map(line),
    '',
    'Photos: JPEG, PNG, WebP, AVIF, GIF, BMP, HEIC; up to 10 MB, 50 megapixels and 7680×4320.',
    'A folder is searched with its subfolders; X.alpha.png beside X.jpg is a reference matte and left out.',
    'Exit: 0 all photos worked, 1 some failed, 2 wrong usage, 130 interrupted.',
    'Devices and limits are environment variables: see the README.',
  ].join('\n');
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isResultFormat(format: string): format is ResultFormat {
  return (resultFormats as readonly string[]).includes(format);
}

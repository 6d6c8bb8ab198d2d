// The command line read into what a job, its delivery and the command itself take.
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import type { FinishOptions } from '../../shared/finish-options.ts';
import { finishOptionsSchema } from '../../shared/finish-options.ts';
import type { JobOptions } from '../../shared/job.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import { readOption } from '../../shared/job-text.ts';
import type { SchemaFlag } from './flags.ts';
import { finishFlags, flags, jobFlags } from './flags.ts';

export interface Arguments {
  /** Files and folders; none means the samples. */
  readonly inputs: readonly string[];
  readonly out: string;
  readonly models: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly job: JobOptions;
  readonly finish: FinishOptions;
}

/** Wrong usage: exit 2 with this sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function unexpected(flag: string, expected: string, received: string): UsageError {
  return new UsageError(`Expected ${expected} for --${flag} but received '${received}'.`);
}

export type Command =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'run'; readonly arguments: Arguments };

/** @throws UsageError saying what was expected */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  return {
    kind: 'run',
    arguments: {
      inputs: positionals,
      out: text(values.out) ?? 'out',
      models: text(values.models),
      json: values.json === true,
      quiet: values.quiet === true,
      job: parseOptions(jobOptionsSchema, jobFlags, values),
      finish: parseOptions(finishOptionsSchema, finishFlags, values),
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

function parseOptions<Schema extends z.ZodObject>(
  schema: Schema,
  known: readonly SchemaFlag[],
  values: Values,
): z.output<Schema> {
  const given = known
    .filter(({ flag }) => values[flag] !== undefined)
    .map((flag) => [flag.key, parseValue(flag, schema.shape[flag.key], values[flag.flag]!)]);
  return schema.parse(Object.fromEntries(given));
}

function parseValue({ key, flag }: SchemaFlag, schema: z.ZodType, given: string | boolean): unknown {
  if (typeof given === 'boolean') return !flag.startsWith('no-');
  const reading = readOption(key, schema, given);
  if ('value' in reading) return reading.value;
  const [{ expected, received }] = reading.problems;
  throw unexpected(flag, expected, received);
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

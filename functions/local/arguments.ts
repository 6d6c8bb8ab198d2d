// The command line read into what a job, its delivery and the command itself take.
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import type { FinishOptions } from '../../shared/finish-options.ts';
import { finishOptionsSchema } from '../../shared/finish-options.ts';
import type { JobOptions } from '../../shared/job.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import { describeParameter, lookNames, looks } from '../effects/looks.ts';
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

function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  known: readonly SchemaFlag[],
  values: Values,
): z.output<Schema> {
  const given = known
    .filter(({ flag }) => values[flag] !== undefined)
    .map((flag) => [flag.key, parseValue(flag, values[flag.flag]!)]);
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const [key, index] = parsed.error.issues[0]!.path;
  const wrong = known.find((flag) => flag.key === key)!;
  const value = Object.fromEntries(given)[wrong.key];
  const received = Array.isArray(value) && typeof index === 'number' ? value[index] : values[wrong.flag];
  throw unexpected(wrong.flag, expectation(wrong), String(received));
}

function parseValue({ key, flag, value }: SchemaFlag, given: string | boolean): unknown {
  if (typeof given === 'boolean') return !flag.startsWith('no-');
  if (key === 'effects') return parseLooks(given);
  if (key === 'effect_options') return parseLookOptions(flag, given);
  const isNumber = value === 'N' || /^\d+(\|\d+)*$/.test(value!);
  return isNumber && given.trim() !== '' ? Number(given) : given;
}

function expectation({ key, value }: SchemaFlag): string {
  return key === 'effects' ? `all, none or some of ${lookNames.join(', ')}` : (value ?? 'no value');
}

function parseLooks(given: string): readonly string[] {
  if (given === 'none') return [];
  if (given === 'all') return lookNames;
  return [...new Set(given.split(',').map((name) => name.trim()))].filter((name) => name !== '');
}

/** `halftone.pitch=6,duotone.shadow=#402010`. @throws UsageError naming the parameter's range */
function parseLookOptions(flag: string, given: string): Record<string, Record<string, number | string>> {
  const chosen: Record<string, Record<string, number | string>> = {};
  for (const setting of given.split(',')) {
    const [, look = '', name = '', value = ''] = /^\s*([a-z-]+)\.([a-z-]+)=(\S+)\s*$/.exec(setting) ?? [];
    const parameter = looks[look]?.parameters[name];
    if (!parameter)
      throw unexpected(flag, `LOOK.PARAMETER=VALUE with a parameter of the looks (see --help)`, setting);
    const parsed = parameter.type === 'number' ? Number(value) : value;
    const inRange = jobOptionsSchema.shape.effect_options.safeParse({ [look]: { [name]: parsed } }).success;
    if (!inRange)
      throw unexpected(
        flag,
        `${look}.${name} in ${describeParameter(parameter).replace(/,[^,]*$/, '')}`,
        value,
      );
    chosen[look] = { ...chosen[look], [name]: parsed };
  }
  return chosen;
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

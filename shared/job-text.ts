// Job options written as text: what the flags of the command line and an object's metadata have in common. What is
// read, and what is said of a wrong value, comes from the schema of the options.
import { z } from 'zod';
import { describeParameter, lookNames, looks } from '../functions/effects/looks.ts';
import { CutlineError } from './errors.ts';
import type { JobOptions } from './job.ts';
import { jobOptionsSchema } from './job.ts';

export interface Problem {
  readonly expected: string;
  readonly received: string;
}

export type Reading = { readonly value: unknown } | { readonly problems: readonly [Problem, ...Problem[]] };

/** @param schema of this field alone, with what its `meta` says */
export function readOption(field: string, schema: z.ZodType, text: string): Reading {
  if (field === 'effects') return readLooks(text);
  if (field === 'effect_options') return readLookOptions(text);
  // The text itself first: a model may be called 2.
  for (const candidate of [text, toNumber(text), toBoolean(text)])
    if (candidate !== undefined && schema.safeParse(candidate).success) return { value: candidate };
  return { problems: [{ expected: describe(schema), received: text }] };
}

/**
 * @param entries by the names of `jobOptionsSchema`; what is not given has its default
 * @throws OPTIONS_INVALID, its `problems` naming all that is wrong
 */
export function parseJobText(entries: Readonly<Record<string, string>>): JobOptions {
  const known = optionFields.map((field) => [field, field] as const);
  return parseEntries(entries, new Map<string, TextField>(known)).options;
}

/**
 * @param entries by the names of `jobOptionsSchema`, and `reference`
 * @throws OPTIONS_INVALID
 */
export function parseWishes(entries: Readonly<Record<string, string>>): Wishes {
  return parseEntries(entries, new Map(wishFields.map((field) => [field, field])));
}

/** An option in an object's metadata: `effect_options` is `cutline-effect-options`. */
export const metadataKey = (field: string): string => `${PREFIX}${field.replaceAll('_', '-')}`;

const PREFIX = 'cutline-';
const REFERENCE = metadataKey('reference');
const optionFields = Object.keys(jobOptionsSchema.shape) as (keyof JobOptions)[];
type TextField = keyof JobOptions | 'reference';
/** All that a caller may say of a photo. */
export const wishFields: readonly TextField[] = [...optionFields, 'reference'];
const fieldsByKey = new Map<string, TextField>(wishFields.map((field) => [metadataKey(field), field]));

/** The reference in percent encoding, where it is more than the visible ASCII that an upload's headers can carry. */
export const ENCODED_REFERENCE = metadataKey('reference-encoded');

/** What an upload asks for, and its owner's own word for it. */
export interface Wishes {
  readonly options: JobOptions;
  readonly reference: string | null;
}

/**
 * @param metadata an object's own; keys that do not begin with `cutline-` are left alone
 * @throws OPTIONS_INVALID
 */
export function parseMetadata(metadata: Readonly<Record<string, string>>): Wishes {
  const ours = Object.entries(withPlainReference(metadata)).filter(([key]) => key.startsWith(PREFIX));
  return parseEntries(Object.fromEntries(ours), fieldsByKey);
}

/** The reference alone, for an upload whose options are wrong. */
export function referenceIn(metadata: Readonly<Record<string, string>>): string | null {
  return referenceSchema.safeParse(withPlainReference(metadata)[REFERENCE]).data || null;
}

/** What cannot be decoded is taken as it is. */
function withPlainReference(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const { [ENCODED_REFERENCE]: encoded, ...others } = metadata;
  if (encoded === undefined) return others;
  try {
    return { ...others, [REFERENCE]: decodeURIComponent(encoded) };
  } catch {
    return { ...others, [REFERENCE]: encoded };
  }
}

function parseEntries(
  entries: Readonly<Record<string, string>>,
  known: ReadonlyMap<string, TextField>,
): Wishes {
  const problems: string[] = [];
  const unknown: string[] = [];
  const given: Partial<Record<TextField, unknown>> = {};
  for (const [key, text] of Object.entries(entries)) {
    const field = known.get(key);
    const reading = field && readOption(field, schemas[field], text);
    if (!reading) unknown.push(key);
    else if ('value' in reading) given[field] = reading.value;
    else problems.push(...reading.problems.map((problem) => inWords(key, problem)));
  }
  if (unknown.length > 0) {
    const received = unknown.map((key) => `'${shorten(key)}'`).join(', ');
    problems.push(`expected only ${[...known.keys()].join(', ')} but received ${received}`);
  }
  if (problems.length > 0) throw new CutlineError('OPTIONS_INVALID', { fields: { problems } });
  const { reference, ...options } = given;
  return { options: jobOptionsSchema.parse(options), reference: reference ? String(reference) : null };
}

/** Anything that fits a line: it goes into records and messages as it is. */
const referenceSchema = z
  .string()
  .max(200)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text))
  .meta({ description: 'at most 200 characters without control characters' });

const schemas: Readonly<Record<TextField, z.ZodType>> = {
  ...jobOptionsSchema.shape,
  reference: referenceSchema,
};

export function inWords(key: string, { expected, received }: Problem): string {
  return `${key}: expected ${expected} but received '${shorten(received)}'`;
}

/** What was received goes back to whoever sent it, but not at any length. */
const LONGEST_SHOWN = 60;

export function shorten(text: string): string {
  const line = text.toWellFormed().replace(/\p{Cc}/gu, ' ');
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line;
}

function toNumber(text: string): number | undefined {
  return /^\d*\.?\d+$/.test(text) ? Number(text) : undefined;
}

function toBoolean(text: string): boolean | undefined {
  return text === 'true' || (text === 'false' ? false : undefined);
}

/** What a value must be, from the schema: as its help writes it, or in words. */
function describe(schema: z.ZodType): string {
  const { type, minimum, maximum, description } = z.toJSONSchema(schema, { io: 'input' });
  if (description) return description;
  if (type === 'boolean') return 'true or false';
  if (type !== 'integer') return schema.meta()?.cli?.value ?? 'a text';
  const to = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : '';
  return `a whole number from ${minimum}${to}`;
}

function readLooks(text: string): Reading {
  if (text === 'none') return { value: [] };
  if (text === 'all') return { value: lookNames };
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  const expected = `all, none or some of ${lookNames.join(', ')}`;
  const wrong = names.filter((name) => !lookNames.includes(name));
  return oneOrOther(
    names,
    wrong.map((received) => ({ expected, received })),
  );
}

/** `halftone.pitch=6,duotone.shadow=#402010` */
function readLookOptions(text: string): Reading {
  const chosen: Record<string, Record<string, number | string>> = {};
  const problems: Problem[] = [];
  for (const setting of text.split(',')) {
    const [, look = '', name = '', value = ''] = /^\s*([a-z-]+)\.([a-z-]+)=(\S+)\s*$/.exec(setting) ?? [];
    const parameters = Object.hasOwn(looks, look) ? looks[look]!.parameters : {};
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!parameter) {
      const of = Object.keys(parameters).map((known) => `${look}.${known}`);
      const expected = `LOOK.PARAMETER=VALUE of ${(of.length > 0 ? of : lookNames).join(', ')}`;
      problems.push({ expected, received: setting });
      continue;
    }
    const read = parameter.type === 'number' ? (toNumber(value) ?? value) : value;
    const inRange = jobOptionsSchema.shape.effect_options.safeParse({ [look]: { [name]: read } }).success;
    if (inRange) chosen[look] = { ...chosen[look], [name]: read };
    else {
      const range = describeParameter(parameter).replace(/,[^,]*$/, '');
      problems.push({ expected: `${look}.${name} in ${range}`, received: value });
    }
  }
  return oneOrOther(chosen, problems);
}

function oneOrOther(value: unknown, problems: readonly Problem[]): Reading {
  const [first, ...rest] = problems;
  return first ? { problems: [first, ...rest] } : { value };
}

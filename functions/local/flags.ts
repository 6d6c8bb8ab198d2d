// Every flag of the command, from the schemas of a job and of its delivery and a few of the command's own; and
// the help text that lists them.
import type { z } from 'zod';
import { finishOptionsSchema } from '../../shared/finish-options.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import { describeParameter, lookNames, looks } from '../effects/looks.ts';

export interface Flag {
  readonly flag: string;
  /** How its value is written; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  readonly default?: string;
}

export interface SchemaFlag extends Flag {
  /** The property of the schema. */
  readonly key: string;
}

function flagsOf(shape: Readonly<Record<string, z.ZodType>>): SchemaFlag[] {
  return Object.entries(shape).map(([key, schema]) => ({ key, ...schema.meta()!.cli! }));
}

export const jobFlags = flagsOf(jobOptionsSchema.shape);
export const finishFlags = flagsOf(finishOptionsSchema.shape);
const ownFlags: readonly Flag[] = [
  { flag: 'out', value: 'DIR', help: 'where results go', default: 'out' },
  { flag: 'models', value: 'DIR', help: 'folder of baked models', default: 'MODELS_DIR, else models/baked' },
  { flag: 'json', help: 'one line of JSON per photo on stdout and nothing else there' },
  { flag: 'quiet', help: 'no progress bar and no table' },
  { flag: 'help', help: 'this text' },
  { flag: 'version', help: 'the version' },
];

/** All of them, in the order of the help. */
export const flags: readonly Flag[] = [...jobFlags, ...finishFlags, ...ownFlags];

/** A flag as it is typed: `--scale 1|2|4`. */
export function usageOf({ flag, value }: Flag): string {
  return `--${flag}${value ? ` ${value}` : ''}`;
}

/** What it does, with its default. */
export function meaningOf(flag: Flag): string {
  return flag.default === undefined ? flag.help : `${flag.help} (default: ${flag.default})`;
}

const USAGE_WIDTH = 34;
const LINE_WIDTH = 110;

export function helpText(templates: readonly string[]): string {
  const line = (flag: Flag): string => `  ${usageOf(flag).padEnd(USAGE_WIDTH)} ${meaningOf(flag)}`;
  const lookLine = (name: string): string => {
    const parameters = Object.entries(looks[name]!.parameters).map(
      ([key, entry]) => `${key} (${describeParameter(entry)})`,
    );
    return `  ${name.padEnd(14)} ${looks[name]!.title}: ${parameters.join(', ')}`;
  };
  return [
    'Cutline: enlarges photos, cuts the subject out, and makes print looks of it.',
    '',
    'Usage: npm start -- [options] <photos or folders…>',
    '       npm start                  the sample photos',
    '',
    'What to make',
    ...jobFlags.map(line),
    '',
    'How to deliver it',
    ...finishFlags.map(line),
    ...wrap(`templates: ${templates.join(', ')}`, USAGE_WIDTH + 3),
    '',
    'How to run',
    ...ownFlags.map(line),
    '',
    'Looks and their parameters (range, default)',
    ...lookNames.map(lookLine),
    '',
    'Photos: JPEG, PNG, WebP, AVIF, GIF, BMP, HEIC; up to 10 MB, 50 megapixels and 7680×4320.',
    'A folder is searched with its subfolders; X.alpha.png beside X.jpg is a reference matte and left out.',
    'Models: npm run models lists them, npm run bake -- ID gets one; those that ship are small previews.',
    'Exit: 0 all photos worked, 1 some failed, 2 wrong usage, 130 interrupted.',
    'Devices and limits are environment variables: see the README.',
  ].join('\n');
}

function wrap(text: string, indent: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1)!.length + word.length + indent >= LINE_WIDTH) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trimStart());
  }
  return lines.map((line) => ' '.repeat(indent) + line);
}

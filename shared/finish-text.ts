// The form of a file as it is asked for in a URL's query: what the command line's flags say, in the same words. What is
// read, and what is said of a wrong value, comes from the schema of the options.
import type { Colour } from './colour.ts';
import { parseColour } from './colour.ts';
import { CutlineError } from './errors.ts';
import type { FinishOptions } from './finish-options.ts';
import { finishOptionsSchema } from './finish-options.ts';
import { inWords, readOption, shorten } from './job-text.ts';
import { jobIdSchema } from './message.ts';

/** What a URL can put behind the subject. */
export type Backdrop =
  | { readonly colour: Colour }
  /** One of those that ship, by name. */
  | { readonly template: string }
  /** The photo of another job of the same tenant. */
  | { readonly upload: string };

export interface FinishWishes {
  readonly options: Omit<FinishOptions, 'background'>;
  readonly background: Backdrop | undefined;
}

/**
 * @param query by the names of `finishOptionsSchema`; what is not given has its default. A colour may be written without
 *   its `#`, which begins a URL's fragment
 * @param templates names of those that ship
 * @throws OPTIONS_INVALID, its `problems` naming all that is wrong
 */
export function parseFinishText(
  query: Readonly<Record<string, unknown>>,
  templates: readonly string[],
): FinishWishes {
  const problems: string[] = [];
  const unknown: string[] = [];
  const given: Partial<Record<keyof FinishOptions, unknown>> = {};
  let background: Backdrop | undefined;
  const wrong = (key: string, expected: string, received: string): void =>
    void problems.push(inWords(key, { expected, received }));

  for (const [key, text] of Object.entries(query)) {
    if (!isOption(key)) {
      unknown.push(key);
    } else if (typeof text !== 'string') {
      problems.push(`${key}: expected one value but received several`);
    } else if (key === 'background') {
      background = readBackdrop(text, templates);
      if (!background) wrong(key, `a colour as ff0000, upload:JOB or one of ${templates.join(', ')}`, text);
    } else {
      const reading = readOption(key, finishOptionsSchema.shape[key], text);
      if ('problems' in reading)
        for (const each of reading.problems) wrong(key, each.expected, each.received);
      else given[key] = reading.value;
    }
  }
  if (unknown.length > 0) {
    const received = unknown.map((key) => `'${shorten(key)}'`).join(', ');
    problems.push(`expected only ${fields.join(', ')} but received ${received}`);
  }
  if (problems.length > 0) throw new CutlineError('OPTIONS_INVALID', { fields: { problems } });
  return { options: finishOptionsSchema.omit({ background: true }).parse(given), background };
}

const fields = Object.keys(finishOptionsSchema.shape) as (keyof FinishOptions)[];

function isOption(key: string): key is keyof FinishOptions {
  return (fields as readonly string[]).includes(key);
}

function readBackdrop(text: string, templates: readonly string[]): Backdrop | undefined {
  const colour = parseColour(text.startsWith('#') ? text : `#${text}`);
  if (colour) return { colour };
  if (templates.includes(text)) return { template: text };
  const [, upload] = /^upload:(.*)$/s.exec(text) ?? [];
  return jobIdSchema.safeParse(upload).success ? { upload: upload! } : undefined;
}

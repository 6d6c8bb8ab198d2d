// The evaluation's command line.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { UsageError, unexpected } from '../../functions/local/arguments.ts';
import { scales } from '../../shared/job.ts';

export type Scale = (typeof scales)[number];

export interface EvalArguments {
  /** Folder with photos and, beside them, their references. */
  readonly photos: string;
  /** Paths under the folder; undefined for all that are there. */
  readonly list: readonly string[] | undefined;
  /** Ids, or 'all'; undefined for the one that the command line would take, empty for none. */
  readonly models: readonly string[] | 'all' | undefined;
  /** Ids, or 'all'; empty when no upscaler is to be judged. */
  readonly upscalers: readonly string[] | 'all';
  readonly scales: readonly Scale[];
  /** Measure masks as the models draw them as well. */
  readonly unrefined: boolean;
  /** Upscalers get their input through a JPEG. */
  readonly jpeg: boolean;
  readonly baked: string | undefined;
  readonly out: string;
  readonly limit: number;
  readonly json: boolean;
}

export type EvalCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly arguments: EvalArguments };

const options = {
  photos: { type: 'string' },
  list: { type: 'string' },
  models: { type: 'string' },
  upscalers: { type: 'string' },
  scale: { type: 'string', default: '1' },
  'no-refine': { type: 'boolean', default: false },
  jpeg: { type: 'boolean', default: false },
  baked: { type: 'string' },
  out: { type: 'string', default: 'out/eval' },
  limit: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export const helpText = `Measures models on photos: which is better, how fast, with how much memory.

Usage: npm run eval -- --photos DIR [options]

  --photos DIR      photos; X.alpha.png or X.png beside X.jpg is its reference
                    (in X.png 128 means unknown and is left out)
  --list FILE       only the photos named in this file, one path under DIR a line
  --limit N         only N photos, spread evenly over those that are there
  --models a,b|all|none  segmentation models (default: the one the command line takes)
  --scale 1,2       cut out at these scales; above 1 the photo is enlarged first (default: 1)
  --no-refine       measure each model's mask without refine as well
  --upscalers a,b|all  also enlarge shrunken copies of the photos, at the scales above 1 (2 if there is none)
  --jpeg            the shrunken copies go through a JPEG of quality 92
  --baked DIR       folder of baked models (default: MODELS_DIR, else models/baked)
  --out DIR         results.jsonl, summary.json, worst.png (default: out/eval)
  --json            one line of JSON per measurement on stdout and nothing else there
  --help            this text

In the table, IoU, F1, Fβ (β² = 0.3), prec (precision) and FP (share of the background taken for the subject) count pixels
of at least half alpha; MAE, SAD and grad (both in thousands) compare alpha itself; bound F and P (precision) compare
contours, matched within 0.8 % of the diagonal; edge is a band of 1 % of it to either side of the reference's contour;
s is seconds for a photo without reading its file, MB the process's peak.

What results.jsonl holds already, for the same model, options and files, is not measured again (so give another
device another --out). Peak memory is the whole process's: for figures of one model alone run one after the other
into one folder, then all together for the table.
Exit: 0 all measured, 1 some photos failed, 2 wrong usage, 130 interrupted.`;

/** Reads the file that --list names. @throws UsageError saying what was expected */
export async function parseEvalArguments(args: readonly string[]): Promise<EvalCommand> {
  const values = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.photos === undefined) throw new UsageError('Expected --photos DIR but received none.');
  const { photos, out, baked, jpeg, json } = values;
  return {
    kind: 'run',
    arguments: {
      photos,
      out,
      baked,
      jpeg,
      json,
      list: values.list === undefined ? undefined : await readList(values.list),
      models: values.models === undefined ? undefined : names('models', values.models),
      upscalers: values.upscalers === undefined ? [] : names('upscalers', values.upscalers),
      scales: parseScales(values.scale),
      unrefined: values['no-refine'],
      limit: parseLimit(values.limit),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]!}. Expected options as in --help.`);
  }
}

function names(flag: string, text: string): readonly string[] | 'all' {
  if (text === 'all') return 'all';
  if (text === 'none') return [];
  const given = splitList(text);
  if (given.length === 0) throw unexpected(flag, 'ids of models, joined by commas, all or none', text);
  return given;
}

function parseScales(text: string): readonly Scale[] {
  const given = splitList(text).map(Number);
  const known = scales.filter((scale) => given.includes(scale));
  if (known.length === 0 || known.length !== given.length)
    throw unexpected('scale', `different ones of ${scales.join(', ')}, joined by commas`, text);
  return known;
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d*$/.test(text)) throw unexpected('limit', 'a whole number from 1', text);
  return Number(text);
}

async function readList(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw unexpected('list', 'a readable text file', path);
  });
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function splitList(text: string): string[] {
  const given = text.split(',').map((name) => name.trim());
  return [...new Set(given)].filter((name) => name !== '');
}

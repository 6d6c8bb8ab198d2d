// What remove.bg's callers may ask of a photo, in its words (https://www.remove.bg/api), from a form or JSON.
import type { Colour } from '../../shared/colour.ts';
import { parseColour } from '../../shared/colour.ts';
import { CutlineError } from '../../shared/errors.ts';
import colourNames from './colour-names.json' with { type: 'json' };

export const removebgFormats = ['auto', 'png', 'jpg', 'webp', 'zip'] as const;

/** Pixels of the result, or a share of the subject. */
export interface Margin {
  readonly amount: number;
  readonly isShare: boolean;
}

export interface RemovebgWish {
  /** Most megapixels of the picture before it is cropped; undefined: the photo's own size. */
  readonly megapixels: number | undefined;
  readonly format: (typeof removebgFormats)[number];
  readonly channels: 'rgba' | 'alpha';
  readonly colour: Colour | undefined;
  readonly crop: boolean;
  readonly margins: Readonly<Record<'top' | 'right' | 'bottom' | 'left', Margin>>;
  /** How much of the picture the subject is to fill, 0.1–1. */
  readonly scale: number | undefined;
  /** Where the free room goes, 0–1 from the left and from the top. */
  readonly position: { readonly x: number; readonly y: number } | 'original';
  readonly shadow: boolean;
}

/** Texts of a form; JSON may have booleans and numbers. Empty is not given, as clients send what they leave open. */
export type RemovebgGiven = Readonly<Record<string, unknown>>;

/** Names that a form may have for texts. */
export const removebgFields: readonly string[] = [
  'image_file_b64',
  'image_url',
  'bg_image_url',
  ...['size', 'format', 'channels', 'bg_color', 'crop', 'crop_margin', 'scale', 'position', 'roi'],
  ...['type', 'type_level', 'add_shadow', 'shadow_type', 'shadow_opacity', 'semitransparency'],
];

/** @throws OPTIONS_INVALID with `parameter`, the one that is wrong; REQUEST_INVALID for what cannot be had here */
export function readRemovebgWish(given: RemovebgGiven): RemovebgWish {
  const text = (name: string): string => textOf(given[name]);
  if (text('bg_image_url') !== '')
    throw refusal('bg_image_url', 'a picture cannot be fetched; send it as bg_image_file');
  if (!['', '0% 0% 100% 100%'].includes(text('roi')))
    throw refusal('roi', 'a region of interest cannot be set');
  const scale = scaleIn(text('scale'));
  return {
    megapixels: sizeIn(text('size')),
    format: oneOf('format', text('format'), removebgFormats, 'auto'),
    channels: oneOf('channels', text('channels'), ['rgba', 'alpha'], 'rgba'),
    colour: colourIn(text('bg_color')),
    crop: flagIn('crop', text('crop')),
    margins: marginsIn(text('crop_margin')),
    scale,
    position: positionIn(text('position'), scale === undefined ? 'original' : { x: 0.5, y: 0.5 }),
    shadow: flagIn('add_shadow', text('add_shadow')),
  };
}

/** What is said of a source that is none, or more than one. @param code remove.bg's */
export function sourceError(code: string, problem: string): CutlineError {
  return new CutlineError('REQUEST_INVALID', { fields: { removebg_code: code, problem } });
}

function refusal(parameter: string, why: string): CutlineError {
  return sourceError(`invalid_${parameter}`, `${parameter}: ${why}`);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  // Clients in JavaScript send what is not set in a form by this word.
  if (value === 'undefined') return '';
  // What JSON has and no parameter can be is refused as the text that it is.
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim().toLowerCase();
}

const sizes: Readonly<Record<string, number | undefined>> = {
  ...{ '': 0.25, preview: 0.25, small: 0.25, regular: 0.25, '500px': 0.25 },
  ...{ medium: 1.5, hd: 4, full: undefined, '4k': undefined, auto: undefined, '50mp': undefined },
};

function sizeIn(text: string): number | undefined {
  if (Object.hasOwn(sizes, text)) return sizes[text];
  throw wrong('size', 'preview, medium, hd, full or auto', text);
}

function scaleIn(text: string): number | undefined {
  if (text === '' || text === 'original') return undefined;
  const percent = percentIn(text);
  if (percent !== undefined && percent >= 10 && percent <= 100) return percent / 100;
  throw wrong('scale', 'original or 10% to 100%', text);
}

function positionIn(text: string, otherwise: RemovebgWish['position']): RemovebgWish['position'] {
  if (text === '') return otherwise;
  if (text === 'original') return 'original';
  if (text === 'center') return { x: 0.5, y: 0.5 };
  const [x, y = x, ...more] = text.split(/[ ,]+/).map(percentIn);
  if (x !== undefined && y !== undefined && more.length === 0 && Math.max(x, y) <= 100)
    return { x: x / 100, y: y / 100 };
  throw wrong('position', 'original, center, or one or two values of 0% to 100%', text);
}

function percentIn(text: string): number | undefined {
  return /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : undefined;
}

/** Its own limits on each side. */
const MOST_SHARE = 50;
const MOST_PIXELS = 500;

function marginsIn(text: string): RemovebgWish['margins'] {
  const parts = text === '' ? ['0px'] : text.split(/[ ,]+/);
  const read = parts.map((part): Margin | undefined => {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)(%|px)?$/.exec(part) ?? [];
    const isShare = unit === '%';
    const amount = Number(digits);
    return amount <= (isShare ? MOST_SHARE : MOST_PIXELS)
      ? { amount: isShare ? amount / 100 : amount, isShare }
      : undefined;
  });
  const [top, right = top, bottom = top, left = right] = read;
  if (top && right && bottom && left && [1, 2, 4].includes(parts.length)) return { top, right, bottom, left };
  const expected = `one, two or four values of at most ${MOST_SHARE}% or ${MOST_PIXELS}px`;
  throw wrong('crop_margin', expected, text);
}

/** Without its `#` too, and by CSS's names; the digits of alpha may say all or nothing. */
function colourIn(text: string): Colour | undefined {
  const digits = (
    Object.hasOwn(colourNames, text) ? colourNames[text as keyof typeof colourNames] : text
  ).replace(/^#/, '');
  if (digits === '' || /^([0-9a-f]{3}0|[0-9a-f]{6}00)$/.test(digits)) return undefined;
  const colour = parseColour(`#${digits.replace(/^([0-9a-f]{3})f$|^([0-9a-f]{6})ff$/, '$1$2')}`);
  if (colour) return colour;
  throw wrong('bg_color', 'a colour as 81d4fa, fff or green, without transparency', text);
}

function flagIn(name: string, text: string): boolean {
  if (['true', '1', 'yes', 'on'].includes(text)) return true;
  if (['', 'false', '0', 'no', 'off'].includes(text)) return false;
  throw wrong(name, 'true or false', text);
}

function oneOf<Name extends string>(
  parameter: string,
  text: string,
  names: readonly Name[],
  otherwise: NoInfer<Name>,
): Name {
  // As the type of a file is written elsewhere.
  const word = text === 'jpeg' ? 'jpg' : text;
  const name = word === '' ? otherwise : names.find((known) => known === word);
  if (name !== undefined) return name;
  throw wrong(parameter, names.join(', '), text);
}

const LONGEST_SHOWN = 60;

function wrong(parameter: string, expected: string, received: string): CutlineError {
  const shown = received.replace(/\p{Cc}/gu, ' ').slice(0, LONGEST_SHOWN);
  const problems = [`${parameter}: expected ${expected} but received '${shown}'`];
  return new CutlineError('OPTIONS_INVALID', { fields: { parameter, problems } });
}

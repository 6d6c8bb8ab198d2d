// What a caller asks of a photo, as form fields or JSON, read once: checked, and put into the words that go with the
// photo as its object's metadata.
import { CutlineError } from '../../shared/errors.ts';
import type { Wishes } from '../../shared/job-text.ts';
import { ENCODED_REFERENCE, metadataKey, parseWishes, wishFields } from '../../shared/job-text.ts';
import { travelsAsHeader } from '../../shared/upload-urls.ts';

/** By the names of the job options, with `_` or `-`, and `reference`: texts, or what JSON has for them. */
export type Given = Readonly<Record<string, unknown>>;

export interface ReadWishes extends Wishes {
  /** Fit for an object and for the headers of its upload. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The fields that a form may have for them. */
export const givenFields: readonly string[] = [
  ...new Set(wishFields.flatMap((field) => [field, field.replaceAll('_', '-')])),
];

/** Cloud Storage keeps 8 KiB for an object, and a request's headers are 16 KiB in all. */
const MAX_METADATA_BYTES = 6000;

/** @throws OPTIONS_INVALID, naming all that is wrong */
export function readWishes(given: Given): ReadWishes {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    const known = givenFields.includes(name) ? name.replaceAll('-', '_') : name;
    const text = textOf(known, value);
    if (text === undefined) continue;
    if (texts.has(known)) throw invalid(`${known}: expected one value but received several`);
    texts.set(known, text);
  }
  const wishes = parseWishes(Object.fromEntries(texts));
  const metadata = Object.fromEntries([...texts].map(([field, text]) => metadataOf(field, text)));
  const bytes = Object.entries(metadata).reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  if (bytes > MAX_METADATA_BYTES)
    throw invalid(`expected at most ${MAX_METADATA_BYTES} bytes of options in all but received ${bytes}`);
  return { ...wishes, metadata };
}

function metadataOf(field: string, text: string): [key: string, value: string] {
  if (field === 'reference')
    return travelsAsHeader(text) ? [metadataKey(field), text] : [ENCODED_REFERENCE, encodeURIComponent(text)];
  if (travelsAsHeader(text)) return [metadataKey(field), text];
  throw invalid(`${field}: expected visible ASCII characters`);
}

/** On one line; undefined for what is not given, which JSON writes as null. */
function textOf(field: string, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : folded(value.map(plain).join(','));
  if (typeof value !== 'object' || field !== 'effect_options')
    return field === 'reference' ? plain(value) : folded(plain(value));
  // Parameters of looks: {halftone: {pitch: 6}} is halftone.pitch=6.
  const settings = Object.entries(value).flatMap(([look, parameters]) =>
    Object.entries(parameters ?? {}).map(([name, setting]) => `${look}.${name}=${plain(setting)}`),
  );
  return settings.length === 0 ? undefined : folded(settings.join(','));
}

/** What JSON has and an option cannot be is refused as the text that it is. */
function plain(value: unknown): string {
  return typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value);
}

function folded(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

function invalid(problem: string): CutlineError {
  return new CutlineError('OPTIONS_INVALID', { fields: { problems: [problem] } });
}

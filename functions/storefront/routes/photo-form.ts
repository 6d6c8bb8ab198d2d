// One photo and what is asked of it, in a form: read within its limits, its words turned into values.
import type { Request } from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import type { ImageLimits } from '../../../shared/image/limits.ts';
import type { MultipartFile } from '../../../shared/transport/read-multipart.ts';
import { readMultipart } from '../../../shared/transport/read-multipart.ts';
import { discardRest } from '../../../shared/transport/request-body.ts';

export interface PhotoForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: MultipartFile;
}

export interface PhotoFormOptions {
  readonly limits: Pick<ImageLimits, 'maxFileBytes'>;
  /** Names of texts that may be there. */
  readonly fields: readonly string[];
  /** Names that the photo may have. */
  readonly files: readonly string[];
}

/** For a form to arrive, over a slow line too. */
const FORM_TIMEOUT_MS = 120_000;
/** Around the photo. */
const FORM_BYTES = 1024 * 1024;

/** @throws MEDIA_TYPE_UNSUPPORTED for what is no form, REQUEST_INVALID, FILE_TOO_LARGE, REQUEST_TIMEOUT, CANCELLED */
export async function readPhotoForm(
  request: Request,
  { limits, fields, files }: PhotoFormOptions,
): Promise<PhotoForm> {
  expectForm(request);
  const read = await readMultipart(request, {
    maxFileBytes: limits.maxFileBytes,
    maxFiles: 1,
    maxTotalBytes: limits.maxFileBytes + FORM_BYTES,
    fields,
    files,
    timeoutMs: FORM_TIMEOUT_MS,
  });
  const [file] = read.files;
  if (file) return { fields: read.fields, file };
  const problem = `expected a file as ${files.join(' or ')} but received none`;
  throw new CutlineError('REQUEST_INVALID', { fields: { problem } });
}

function expectForm(request: Request): void {
  const type = request.headers['content-type'] ?? 'nothing';
  if (/^multipart\/form-data\b/i.test(type)) return;
  discardRest(request);
  const received_type = type.replace(/[^\x20-\x7e]/g, '').slice(0, 60);
  throw new CutlineError('MEDIA_TYPE_UNSUPPORTED', { fields: { received_type } });
}

const yes = ['true', '1', 'yes', 'on'];
const no = ['false', '0', 'no', 'off'];

/** As the brief's framework reads it. @throws OPTIONS_INVALID */
export function flagIn(fields: PhotoForm['fields'], name: string, otherwise: boolean): boolean {
  const text = fields[name]?.trim().toLowerCase() ?? '';
  if (text === '') return otherwise;
  if (yes.includes(text)) return true;
  if (no.includes(text)) return false;
  throw wrong(name, 'true or false', fields[name]!);
}

/** @throws OPTIONS_INVALID */
export function choiceIn<Choice extends string, Otherwise>(
  fields: PhotoForm['fields'],
  name: string,
  choices: readonly Choice[],
  otherwise: Otherwise,
): Choice | Otherwise {
  const text = fields[name]?.trim().toLowerCase() ?? '';
  if (text === '') return otherwise;
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw wrong(name, choices.join(', '), fields[name]!);
}

/** Some of the fields, as they came. */
export function pick(fields: PhotoForm['fields'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

const LONGEST_SHOWN = 60;

function wrong(name: string, expected: string, received: string): CutlineError {
  const shown = received.replace(/\p{Cc}/gu, ' ').slice(0, LONGEST_SHOWN);
  const problems = [`${name}: expected ${expected} but received '${shown}'`];
  return new CutlineError('OPTIONS_INVALID', { fields: { problems } });
}

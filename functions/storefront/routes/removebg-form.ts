// A request in remove.bg's wire format: a form with files, a form in the body's text, or JSON with the photo in base64.
import type { Request } from 'express';
import type { CutlineError } from '../../../shared/errors.ts';
import { fileTooLarge } from '../../../shared/image/limits.ts';
import type { MultipartFile } from '../../../shared/transport/read-multipart.ts';
import { readMultipart } from '../../../shared/transport/read-multipart.ts';
import type { BodyRequest } from '../../../shared/transport/request-body.ts';
import { createGrowingBytes, discardRest, readBody } from '../../../shared/transport/request-body.ts';
import type { RemovebgGiven, RemovebgWish } from '../removebg-parameters.ts';
import { readRemovebgWish, removebgFields, sourceError } from '../removebg-parameters.ts';

export interface RemovebgForm {
  readonly wish: RemovebgWish;
  readonly photo: Uint8Array;
  /** To stand behind the subject. */
  readonly backdrop: Uint8Array | undefined;
  /** What the photo was called, on one line; may be empty. */
  readonly filename: string;
}

/** For a form to arrive, over a slow line too. */
const TIMEOUT_MS = 120_000;
/** Around the pictures. */
const BESIDES_BYTES = 64 * 1024;
const MEBI = 1024 * 1024;

/** @throws REQUEST_INVALID, OPTIONS_INVALID, FILE_TOO_LARGE, REQUEST_TOO_LARGE, REQUEST_TIMEOUT, CANCELLED */
export async function readRemovebgForm(request: Request, maxFileBytes: number): Promise<RemovebgForm> {
  const { given, files } = await readGiven(request, maxFileBytes);
  const unknown = Object.keys(given).find((name) => !removebgFields.includes(name));
  if (unknown !== undefined)
    throw sourceError(
      'unknown_parameter',
      `expected ${removebgFields.join(', ')} but received ${unknown.slice(0, 60)}`,
    );
  const wish = readRemovebgWish(given);
  const [photo, secondPhoto] = files.filter(({ field }) => field === 'image_file');
  const [backdrop, secondBackdrop] = files.filter(({ field }) => field === 'bg_image_file');
  if (secondBackdrop || (backdrop && wish.colour))
    throw sourceError('multiple_bg_sources', 'expected either bg_color or one bg_image_file');
  const sources = [photo, secondPhoto, given.image_file_b64, given.image_url].filter(Boolean);
  if (sources.length > 1)
    throw sourceError('multiple_sources', 'expected either one image_file or image_file_b64');
  if (given.image_url)
    throw sourceError(
      'invalid_image_url',
      'image_url: a picture cannot be fetched; send it as image_file or image_file_b64',
    );
  if (sources.length === 0)
    throw sourceError(
      'missing_source',
      'expected the picture as image_file or image_file_b64 but received none',
    );
  const data = photo?.data ?? fromBase64(given.image_file_b64, maxFileBytes);
  return { wish, photo: data, backdrop: backdrop?.data, filename: photo?.filename ?? '' };
}

interface Read {
  readonly given: RemovebgGiven;
  readonly files: readonly MultipartFile[];
}

async function readGiven(request: Request, maxFileBytes: number): Promise<Read> {
  const maxBase64 = base64Length(maxFileBytes);
  if (request.is('multipart/form-data')) {
    const { fields: given, files } = await readMultipart(request, {
      maxFileBytes,
      maxFiles: 2,
      maxTotalBytes: maxFileBytes + maxBase64 + BESIDES_BYTES,
      fields: removebgFields,
      files: ['image_file', 'bg_image_file'],
      longFields: { image_file_b64: maxBase64 },
      timeoutMs: TIMEOUT_MS,
    });
    return { given, files };
  }
  const isJson = request.is('json');
  if (!isJson && !request.is('urlencoded')) {
    discardRest(request);
    throw sourceError(
      'missing_source',
      'expected a form or JSON with the picture as image_file or image_file_b64',
    );
  }
  const text = await readText(request, maxBase64 + BESIDES_BYTES, maxFileBytes);
  return { given: isJson ? fromJson(text) : Object.fromEntries(new URLSearchParams(text)), files: [] };
}

async function readText(request: BodyRequest, maxBytes: number, maxFileBytes: number): Promise<string> {
  const body = createGrowingBytes();
  // In a form's text every plus and slash of base64 takes three letters.
  const most = 3 * maxBytes;
  const tooLarge = (bytes: number): CutlineError => fileTooLarge(bytes, maxFileBytes);
  await readBody(request, { maxBytes: most, timeoutMs: TIMEOUT_MS, tooLarge }, (chunk) => body.add(chunk));
  return Buffer.from(body.take().buffer).toString();
}

function fromJson(text: string): RemovebgGiven {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as RemovebgGiven;
  } catch {
    // Said below, as of JSON that is something else.
  }
  throw sourceError('invalid_json', 'expected an object in JSON');
}

/** @param text with what a page's `data:` address has in front of it, or without */
function fromBase64(text: unknown, maxFileBytes: number): Uint8Array {
  if (typeof text !== 'string')
    throw sourceError('invalid_image_file_b64', 'image_file_b64: expected a text');
  const coded = text.slice(text.startsWith('data:') ? text.indexOf(',') + 1 : 0);
  if (coded.length > base64Length(maxFileBytes))
    throw fileTooLarge(Math.floor((coded.length / 4) * 3), maxFileBytes);
  return Buffer.from(coded, 'base64');
}

/** With lines' ends, as some write it. */
function base64Length(bytes: number): number {
  return Math.ceil((bytes / 3) * 4 * 1.04) + MEBI / 1024;
}

// multipart/form-data read from a request: known fields and files alone, all limits held while it is read.
import busboy from 'busboy';
import { CutlineError } from '../errors.ts';
import { fileTooLarge } from '../image/limits.ts';
import type { BodyRequest, GrowingBytes } from './request-body.ts';
import { createGrowingBytes, discardRest, readBody } from './request-body.ts';

export interface MultipartOptions {
  readonly maxFileBytes: number;
  /** With 1 either of two names for the file may be used, but not both. */
  readonly maxFiles: number;
  /** Of the body, with all that is around the files; at least `maxFileBytes`. */
  readonly maxTotalBytes: number;
  /** Names of the texts that may be there, each once. */
  readonly fields: readonly string[];
  /** Those of the texts that may be longer than a line, and how long: a photo in base64. */
  readonly longFields?: Readonly<Record<string, number>>;
  /** Names under which files may be there, each as often as `maxFiles` allows. */
  readonly files: readonly string[];
  /** For the whole body to arrive. */
  readonly timeoutMs: number;
}

export interface MultipartFile {
  readonly field: string;
  /** The last part of what the caller said, on one line; empty when he said nothing. */
  readonly filename: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface Multipart {
  readonly fields: Readonly<Record<string, string>>;
  /** In the order in which they came. A form's file input that was left empty is none. */
  readonly files: readonly MultipartFile[];
}

/** Options and references are a line each. */
const MAX_FIELD_BYTES = 8 * 1024;
const MAX_NAME = 200;
const MEBI = 1024 * 1024;

/**
 * @throws REQUEST_INVALID for what is no such form, FILE_TOO_LARGE, REQUEST_TOO_LARGE, REQUEST_TIMEOUT; CANCELLED when
 * the caller went away
 */
export async function readMultipart(request: BodyRequest, options: MultipartOptions): Promise<Multipart> {
  const { maxTotalBytes, maxFileBytes, maxFiles, timeoutMs } = options;
  const tooLarge = (bytes: number): CutlineError =>
    maxFiles === 1
      ? fileTooLarge(bytes, maxFileBytes)
      : new CutlineError('REQUEST_TOO_LARGE', { fields: { max_size_mb: maxTotalBytes / MEBI } });
  const form = createForm(options, Number(request.headers['content-length'] ?? 0));
  const longest = Math.max(MAX_FIELD_BYTES, ...Object.values(options.longFields ?? {}));
  const parser = openParser(request, form, longest);
  const { promise: parsed, resolve } = Promise.withResolvers<void>();
  parser.once('close', resolve).once('error', resolve);
  try {
    await readBody(request, { maxBytes: maxTotalBytes, timeoutMs, tooLarge }, (chunk) => {
      parser.write(chunk);
      form.check();
    });
    parser.end();
    await parsed;
    form.check();
    return form.content();
  } finally {
    // What is not read to its end says so by an error event, which `form.fail` then takes to no effect.
    parser.destroy();
  }
}

interface Form {
  field(name: string | undefined, value: string | undefined, isTruncated: boolean): void;
  file(name: string | undefined, filename: string | undefined): (chunk: Uint8Array) => void;
  /** The first one counts. */
  fail(error: CutlineError): void;
  /** Events may come at any time, so that they cannot throw. */
  check(): void;
  content(): Multipart;
}

function openParser(request: BodyRequest, form: Form, longest: number): busboy.Busboy {
  const type = request.headers['content-type'] ?? 'nothing';
  const parser = openBusboy(request, type, longest);
  parser.on('error', (error) => form.fail(invalid('the form is damaged or ends too early', error)));
  parser.on('field', (name: string | undefined, value: string | undefined, { valueTruncated }) =>
    form.field(name, value, valueTruncated),
  );
  parser.on('file', (name: string | undefined, stream, { filename }: { filename?: string }) => {
    stream.on('error', () => {});
    stream.on('data', form.file(name, filename));
  });
  return parser;
}

/** @param longest bytes of a text */
function openBusboy(request: BodyRequest, type: string, longest: number): busboy.Busboy {
  try {
    // It reads other forms too.
    if (!/^multipart\/form-data\s*;/i.test(type)) throw new Error('no multipart/form-data');
    const limits = { fieldSize: longest + 1 };
    return busboy({ headers: request.headers, defParamCharset: 'utf8', limits });
  } catch (cause) {
    discardRest(request);
    const received = plainLine(type, 60);
    throw invalid(`expected multipart/form-data with a boundary but received ${received}`, cause);
  }
}

interface OpenFile extends Omit<MultipartFile, 'data'> {
  readonly bytes: GrowingBytes;
}

/** @param declared bytes of the body; 0 where they are not known */
function createForm(options: MultipartOptions, declared: number): Form {
  const { maxFileBytes, maxFiles } = options;
  const fields = new Map<string, string>();
  const files: OpenFile[] = [];
  let failure: CutlineError | undefined;
  const fail = (error: CutlineError): void => {
    failure ??= error;
  };

  function expectKnown(name: string | undefined, kind: 'fields' | 'files'): name is string {
    if (name !== undefined && options[kind].includes(name)) return true;
    const other = kind === 'fields' ? 'files' : 'fields';
    if (name !== undefined && options[other].includes(name))
      fail(invalid(`${name}: expected ${other === 'files' ? 'a file' : 'a text'} but received the other`));
    const known = [...options.files, ...options.fields].join(', ');
    fail(invalid(`expected only ${known} but received ${quoted(name)}`));
    return false;
  }

  function admit(file: OpenFile): void {
    const there = files.push(file);
    if (there <= maxFiles) return;
    const names = [...new Set(files.map(({ field }) => field))].join(' and ');
    const most = maxFiles === 1 ? 'one file' : `at most ${maxFiles} files`;
    fail(invalid(`expected ${most} but received more, as ${names}`));
  }

  return {
    fail,
    field(name, value, isTruncated) {
      if (failure || !expectKnown(name, 'fields')) return;
      if (fields.has(name)) return fail(invalid(`${name}: expected one value but received several`));
      if (value === undefined) return fail(invalid(`${name}: expected a text in UTF-8`));
      const most = options.longFields?.[name] ?? MAX_FIELD_BYTES;
      if (isTruncated || value.length > most)
        return fail(invalid(`${name}: expected at most ${most} bytes but received more`));
      fields.set(name, value);
    },
    file(name, filename) {
      if (failure || !expectKnown(name, 'files')) return () => {};
      const file = { field: name, filename: baseName(filename ?? ''), bytes: createGrowingBytes() };
      const isNamed = filename !== undefined && filename !== '';
      if (isNamed) admit(file);
      return (chunk) => {
        if (failure) return;
        if (!isNamed && file.bytes.byteLength === 0 && chunk.byteLength > 0) admit(file);
        const bytes = file.bytes.byteLength + chunk.byteLength;
        if (bytes > maxFileBytes) fail(fileTooLarge(Math.max(bytes, declared), maxFileBytes));
        else file.bytes.add(chunk);
      };
    },
    check() {
      if (failure) throw failure;
    },
    content: () => ({
      fields: Object.fromEntries(fields),
      files: files.map(({ bytes, ...file }) => ({ ...file, data: bytes.take() })),
    }),
  };
}

/** What may stand in a log, a header or a file system without doing anything there. */
function baseName(filename: string): string {
  const name = plainLine(filename.split(/[/\\]/).at(-1)!, MAX_NAME);
  return /^\.*$/.test(name) ? '' : name;
}

function plainLine(text: string, maxLength: number): string {
  const characters = Array.from(text.toWellFormed().replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ''));
  return characters.slice(0, maxLength).join('').trim();
}

function quoted(name: string | undefined): string {
  return name === undefined ? 'a part without a name' : `'${plainLine(name, 60)}'`;
}

function invalid(problem: string, cause?: unknown): CutlineError {
  return new CutlineError('REQUEST_INVALID', { fields: { problem }, cause });
}

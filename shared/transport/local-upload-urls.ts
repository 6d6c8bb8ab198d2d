// Upload URLs of our own server, for the embedded default: signed as Cloud Storage's are, and held to the same terms.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { CutlineError } from '../errors.ts';
import type { ObjectName } from '../gs-uri.ts';
import { fileTooLarge } from '../image/limits.ts';
import type { ObjectStore } from '../object-store.ts';
import type { UploadTerms, UploadUrls } from '../upload-urls.ts';
import { METADATA, travelsAsHeader, uploadHeaders } from '../upload-urls.ts';
import { checkWritable, isKnown } from './object-rules.ts';
import type { BodyRequest } from './request-body.ts';
import { createGrowingBytes, discardRest, readBody } from './request-body.ts';

export interface LocalUploadsOptions {
  readonly store: ObjectStore;
  /** The buckets that may be written to. */
  readonly buckets: readonly string[];
  /** Where the handler is mounted, as browsers reach it: `http://127.0.0.1:55433/uploads`. */
  readonly address: string;
  /** Whoever knows it can sign. */
  readonly secret: string | Uint8Array;
  /** Milliseconds since 1970. */
  now(): number;
  /** For a photo to arrive. */
  readonly timeoutMs?: number;
}

export interface LocalUploads {
  readonly urls: UploadUrls;
  /** Takes PUTs below its mount point; whatever else comes is passed on. */
  readonly handler: RequestHandler;
}

const TIMEOUT_MS = 300_000;
const parameters = { expires: 'X-Cutline-Expires', headers: 'X-Cutline-SignedHeaders' } as const;
const SIGNATURE = 'X-Cutline-Signature';

export function createLocalUploads(options: LocalUploadsOptions): LocalUploads {
  const { store, buckets, address, secret, now, timeoutMs = TIMEOUT_MS } = options;
  const signatureOf = (object: ObjectName, expires: number, headers: readonly (readonly string[])[]) =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['PUT', object.bucket, object.name, expires, headers]))
      .digest('hex');

  /** @throws UPLOAD_REFUSED */
  function check(request: Request): { readonly object: ObjectName; readonly terms: UploadTerms } {
    const object = objectIn(request.path);
    if (!object || !isKnown(buckets, object)) throw refused('it names no object');
    const query = new URL(request.originalUrl, 'http://x').searchParams;
    const [expires, names, signature] = [parameters.expires, parameters.headers, SIGNATURE].map(
      (name) => query.get(name) ?? '',
    ) as [string, string, string];
    const signed = names.split(';').map((name) => [name, String(request.headers[name] ?? '')] as const);
    const expected = Buffer.from(signatureOf(object, Number(expires), signed));
    const received = Buffer.from(signature);
    if (expected.length !== received.length || !timingSafeEqual(expected, received))
      throw refused('its name or a header is not as it was signed');
    const unsigned = Object.keys(request.headers).find(
      (name) => name.startsWith('x-goog-') && !names.split(';').includes(name),
    );
    if (unsigned !== undefined) throw refused(`${unsigned} was not signed`);
    const expiresMs = Number(expires) * 1000;
    if (now() >= expiresMs) throw refused('it has expired');
    return { object, terms: termsIn(Object.fromEntries(signed), expiresMs) };
  }

  async function receive(request: BodyRequest & Request): Promise<string> {
    const { object, terms } = check(request);
    if (await store.head(object)) throw new CutlineError('UPLOAD_EXISTS');
    const { minBytes, maxBytes, contentType, metadata } = terms;
    const body = createGrowingBytes();
    const tooLarge = (bytes: number) => fileTooLarge(bytes, maxBytes);
    await readBody(request, { maxBytes, timeoutMs, tooLarge }, (chunk) => body.add(chunk));
    if (body.byteLength < minBytes) {
      const problem = `expected at least ${minBytes} bytes but received ${body.byteLength}`;
      throw new CutlineError('REQUEST_INVALID', { fields: { problem } });
    }
    const written = await store.writeIfAbsent(object, body.take(), { contentType, metadata });
    if (!written.created) throw new CutlineError('UPLOAD_EXISTS');
    return written.object.generation;
  }

  return {
    urls: {
      async create(object, terms) {
        checkWritable(buckets, object);
        const headers = uploadHeaders(terms);
        const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
        const bad = sorted.find(([, value]) => !travelsAsHeader(value));
        if (bad) throw new CutlineError('INTERNAL', { message: `Expected ASCII for ${bad[0]}` });
        const expires = Math.floor(terms.expiresMs / 1000);
        const query = new URLSearchParams({
          [parameters.expires]: String(expires),
          [parameters.headers]: sorted.map(([name]) => name).join(';'),
          [SIGNATURE]: signatureOf(object, expires, sorted),
        });
        const path = [object.bucket, ...object.name.split('/')].map(encodeURIComponent).join('/');
        const url = `${address}/${path}?${query}`;
        return { url, method: 'PUT', headers, expires: new Date(expires * 1000).toISOString() };
      },
    },
    async handler(request, response, next) {
      if (request.method !== 'PUT') return next();
      try {
        const generation = await receive(request);
        response.status(200).set('x-goog-generation', generation).end();
      } catch (error) {
        discardRest(request);
        throw error;
      }
    },
  };
}

function objectIn(path: string): ObjectName | undefined {
  try {
    const [bucket = '', ...segments] = path.split('/').slice(1).map(decodeURIComponent);
    return { bucket, name: segments.join('/') };
  } catch {
    return undefined;
  }
}

/** @param headers as we signed them, so that they are whole */
function termsIn(headers: Readonly<Record<string, string>>, expiresMs: number): UploadTerms {
  const [minBytes, maxBytes] = headers['x-goog-content-length-range']!.split(',').map(Number);
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith(METADATA))
    .map(([name, value]) => [name.slice(METADATA.length), value] as const);
  return {
    contentType: headers['content-type']!,
    minBytes: minBytes!,
    maxBytes: maxBytes!,
    metadata: Object.fromEntries(metadata),
    expiresMs,
  };
}

function refused(problem: string): CutlineError {
  return new CutlineError('UPLOAD_REFUSED', { fields: { problem } });
}

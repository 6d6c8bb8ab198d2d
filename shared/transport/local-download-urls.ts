// Download URLs of our own server, for the embedded default: signed as Cloud Storage's are, and over any store.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { DownloadTerms, DownloadUrls } from '../download-urls.ts';
import type { ObjectVersion } from '../gs-uri.ts';
import type { ObjectStore } from '../object-store.ts';
import { checkWritable, isKnown } from './object-rules.ts';

export interface LocalDownloadsOptions {
  readonly store: ObjectStore;
  /** The buckets that may be read from. */
  readonly buckets: readonly string[];
  /** Where the handler is mounted, as browsers reach it: `http://127.0.0.1:55433/downloads`. */
  readonly address: string;
  /** Whoever knows it can sign. */
  readonly secret: string | Uint8Array;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface LocalDownloads {
  readonly urls: DownloadUrls;
  /** Answers GET and HEAD below its mount point; what else comes, is not as it was signed or has expired is passed on. */
  readonly handler: RequestHandler;
}

const MAX_BYTES = 1024 * 1024 * 1024;
const names = {
  generation: 'generation',
  expires: 'X-Cutline-Expires',
  disposition: 'response-content-disposition',
  contentType: 'response-content-type',
  signature: 'X-Cutline-Signature',
} as const;

export function createLocalDownloads(options: LocalDownloadsOptions): LocalDownloads {
  const { store, buckets, address, secret, now } = options;

  function signatureOf({ bucket, name, generation }: ObjectVersion, terms: DownloadTerms): string {
    const { expiresMs, disposition, contentType } = terms;
    // The method keeps it apart from what the same secret signs for uploads.
    return createHmac('sha256', secret)
      .update(JSON.stringify(['GET', bucket, name, generation, expiresMs / 1000, disposition, contentType]))
      .digest('hex');
  }

  /** Undefined for what was not given out by us, or has expired. */
  function read(request: Request): (ObjectVersion & DownloadTerms) | undefined {
    const query = new URL(request.originalUrl, 'http://x').searchParams;
    const text = (name: keyof typeof names): string => query.get(names[name]) ?? '';
    const path = decodePath(request.path);
    if (!path) return undefined;
    const [bucket = '', ...segments] = path;
    const asked = {
      bucket,
      name: segments.join('/'),
      generation: text('generation'),
      expiresMs: Number(text('expires')) * 1000,
      disposition: text('disposition'),
      contentType: text('contentType'),
    };
    const expected = Buffer.from(signatureOf(asked, asked));
    const received = Buffer.from(text('signature'));
    const isOurs = expected.length === received.length && timingSafeEqual(expected, received);
    return isOurs && now() < asked.expiresMs && isKnown(buckets, asked) ? asked : undefined;
  }

  return {
    urls: {
      async create(object, terms) {
        checkWritable(buckets, object);
        // Whole seconds, as Cloud Storage's.
        const expires = Math.floor(terms.expiresMs / 1000);
        const query = new URLSearchParams({
          [names.generation]: object.generation,
          [names.expires]: String(expires),
          [names.disposition]: terms.disposition,
          [names.contentType]: terms.contentType,
          [names.signature]: signatureOf(object, { ...terms, expiresMs: expires * 1000 }),
        });
        const path = [object.bucket, ...object.name.split('/')].map(encodeURIComponent).join('/');
        return { url: `${address}/${path}?${query}`, expires: new Date(expires * 1000).toISOString() };
      },
    },
    async handler(request, response, next) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return next();
      const asked = read(request);
      const found = asked && (await store.read(asked, MAX_BYTES));
      if (!found) return next();
      response.set({
        'Content-Type': asked.contentType,
        'Content-Disposition': asked.disposition,
        'Content-Length': String(found.data.byteLength),
        'Cache-Control': 'private, max-age=0',
        'X-Content-Type-Options': 'nosniff',
      });
      response.end(found.data);
    },
  };
}

function decodePath(path: string): string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

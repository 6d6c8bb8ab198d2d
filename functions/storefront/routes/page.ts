// The page over HTTP: its HTML, the element's script, the catalogue and the background pictures.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Request, Response, Router } from 'express';
import express from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Templates } from '../scenes.ts';
import { matchesEtag } from './file-headers.ts';
import { pageHtml, pageStyle } from './page-html.ts';

export interface PageAsset {
  /** An ES module that defines `<cutline-studio>`. */
  readonly source: Uint8Array;
}

export interface PagePorts {
  /** Without it there is no page: a fresh deployment whose script was not built. */
  readonly asset: PageAsset | undefined;
  readonly catalogue: Catalogue;
  readonly templates: Templates;
  /** The command that gets the full models, where small previews serve. */
  fullModels?(): string | null;
  /** A small WebP of a picture file. */
  thumbnail(file: Uint8Array): Promise<Uint8Array>;
  /** Where photos are put and large files are fetched, as origins; our own need not be named. */
  readonly connect: readonly string[];
}

const DAY_S = 86_400;
const YEAR_S = 31_536_000;
const HOUR_S = 3600;

export function pageRouter(ports: PagePorts): Router {
  const { asset, catalogue, templates, thumbnail, connect } = ports;
  const router = express.Router();
  const thumbnails = new Map<string, Promise<Uint8Array>>();

  if (asset) {
    const hash = createHash('sha256').update(asset.source).digest('hex').slice(0, 16);
    const script = `/cutline-studio.js?v=${hash}`;
    const policy = pagePolicy(connect);
    const packed = gzipSync(asset.source, { level: 9 });
    router.get('/', (_, response) => {
      response.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' });
      // The camera is the one thing that it asks for.
      response.set({ 'Permissions-Policy': 'camera=(self), geolocation=(), microphone=()' });
      response.type('html').send(pageHtml(script, ports.fullModels?.() ?? null));
    });
    router.get('/cutline-studio.js', (request, response) => {
      const isNamed = request.query.v === hash;
      response.set('Cache-Control', isNamed ? `public, max-age=${YEAR_S}, immutable` : 'public, no-cache');
      response.vary('Accept-Encoding');
      const isPacked = request.acceptsEncodings(['gzip', 'identity']) === 'gzip';
      if (isPacked) response.set('Content-Encoding', 'gzip');
      sendFile(request, response, isPacked ? packed : asset.source, 'text/javascript; charset=utf-8');
    });
  }

  router.get('/catalogue', (_, response) => {
    response.set('Cache-Control', `public, max-age=${HOUR_S}`).json(catalogue);
  });

  router.get('/backgrounds/:file', async (request, response) => {
    const [, name = '', extension] = /^(.+)\.(jpg|webp)$/.exec(request.params.file) ?? [];
    if (!templates.names.includes(name)) throw unknownBackground(request.params.file, templates);
    response.set('Cache-Control', `public, max-age=${DAY_S}`);
    if (extension === 'jpg') return sendFile(request, response, await templates.read(name), 'image/jpeg');
    sendFile(request, response, await small(name), 'image/webp');
  });

  /** Each is made once; one that failed is made again. */
  async function small(name: string): Promise<Uint8Array> {
    const made = thumbnails.get(name) ?? templates.read(name).then(thumbnail);
    thumbnails.set(name, made);
    made.catch(() => thumbnails.delete(name));
    return await made;
  }

  return router;
}

/** Scripts are our own; styles are the page's, by its hash, and what scripts construct; pictures are made by scripts too. */
function pagePolicy(connect: readonly string[]): string {
  const style = createHash('sha256').update(pageStyle).digest('base64');
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'sha256-${style}'`,
    `img-src 'self' blob: data: ${connect.join(' ')}`.trim(),
    `connect-src 'self' ${connect.join(' ')}`.trim(),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function sendFile(request: Request, response: Response, data: Uint8Array, contentType: string): void {
  const key = createHash('sha256').update(data).digest('hex').slice(0, 32);
  response.set({ ETag: `"${key}"`, 'Content-Type': contentType });
  if (matchesEtag(request, key)) return void response.status(304).end();
  response.set('Content-Length', String(data.byteLength));
  response.end(request.method === 'HEAD' ? undefined : data);
}

function unknownBackground(name: string, { names }: Templates): CutlineError {
  return new CutlineError('FILE_NOT_FOUND', { fields: { name: name.slice(0, 60), files: names } });
}

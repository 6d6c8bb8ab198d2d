// The API's document and its page over HTTP. Both are the same until the next deploy, so that a copy is asked about once a
// while and not fetched again.
import { createHash } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import express from 'express';
import { referencePage } from '../openapi-page.ts';
import { pageStyle } from '../openapi-page-style.ts';
import type { OpenApiDocument } from '../openapi-types.ts';
import { matchesEtag } from './file-headers.ts';

export interface DocsRoutesPorts {
  readonly document: OpenApiDocument;
}

const HOLDS_S = 300;
/** The page's own style and its links, and nothing else: no script, no other host. */
const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(pageStyle).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Copy {
  readonly type: string;
  readonly body: Buffer;
  readonly key: string;
}

export function docsRouter({ document }: DocsRoutesPorts): Router {
  const router = express.Router();
  const json = copyOf('application/json; charset=utf-8', JSON.stringify(document));
  const page = copyOf('text/html; charset=utf-8', referencePage(document));
  router.get('/openapi.json', (request, response) => send(json, request, response));
  router.get('/docs', (request, response) => {
    response.set('Content-Security-Policy', PAGE_POLICY);
    send(page, request, response);
  });
  return router;
}

function copyOf(type: string, text: string): Copy {
  const body = Buffer.from(text);
  return { type, body, key: createHash('sha256').update(body).digest('hex').slice(0, 32) };
}

function send({ type, body, key }: Copy, request: Request, response: Response): void {
  response.set({ ETag: `"${key}"`, 'Cache-Control': `public, max-age=${HOLDS_S}` });
  if (matchesEtag(request, key)) return void response.status(304).end();
  response.set({ 'Content-Type': type, 'Content-Length': String(body.byteLength) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

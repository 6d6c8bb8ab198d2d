// Small pictures of a job's files, for people who wait: each as soon as its stage has ended.
import type { Router } from 'express';
import express from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import { goneSignal } from '../../../shared/serve-push.ts';
import type { JobFiles } from '../job-files.ts';
import type { MakePreview, PreviewKind } from '../preview.ts';
import { previewKinds } from '../preview.ts';
import { isBearerUrl, matchesEtag, setCaching } from './file-headers.ts';
import type { Authorize } from './files.ts';

export interface PreviewRoutesPorts {
  readonly files: Pick<JobFiles, 'locate' | 'file'>;
  readonly preview: MakePreview;
  readonly authorize: Authorize;
}

export function previewsRouter({ files, preview, authorize }: PreviewRoutesPorts): Router {
  const router = express.Router();
  router.get('/jobs/:job/previews/:name', async (request, response) => {
    const located = await files.locate(request.params.job);
    await authorize(request, located, 'read');
    const file = await files.file(located, request.params.name);
    const kind = readKind(request.query.size);
    const made = await preview(located, file, goneSignal(response), kind);
    const { key, data, contentType, width, height } = made;
    const copies = { areFinal: true, isBearerUrl: isBearerUrl(request) };
    setCaching(response, key, copies);
    if (matchesEtag(request, key)) return void response.status(304).end();
    response.set({ 'X-Image-Width': String(width), 'X-Image-Height': String(height) });
    response.set({ 'Content-Type': contentType, 'Content-Length': String(data.byteLength) });
    response.end(request.method === 'HEAD' ? undefined : data);
  });
  return router;
}

/** @throws REQUEST_INVALID */
function readKind(given: unknown): PreviewKind {
  if (given === undefined) return 'small';
  if (typeof given === 'string' && Object.hasOwn(previewKinds, given)) return given as PreviewKind;
  const problem = `size: expected one of ${Object.keys(previewKinds).join(', ')}`;
  throw new CutlineError('REQUEST_INVALID', { fields: { problem } });
}

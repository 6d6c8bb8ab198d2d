// A job's files over HTTP: one in a form of the caller's choice, all as a ZIP, and the order to keep them. How long who
// may hold a copy is decided here.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response, Router } from 'express';
import express from 'express';
import { contentDisposition, fileNameOf } from '../../../shared/content-disposition.ts';
import type { DownloadUrls } from '../../../shared/download-urls.ts';
import { CutlineError } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/log.ts';
import { goneSignal } from '../../../shared/serve-push.ts';
import { inGroups } from '../batches.ts';
import type { DeliveredFile, FileDelivery } from '../deliver-file.ts';
import type { JobFiles, LocatedJob } from '../job-files.ts';
import type { Members } from '../job-things.ts';
import type { JobZip, JobZips } from '../job-zip.ts';
import type { KeepJob } from '../keep-job.ts';
import type { FilePlan } from '../plan-file.ts';
import type { Copies } from './file-headers.ts';
import { fileHeaders, isBearerUrl, matchesEtag, serverTiming, setCaching } from './file-headers.ts';

/** What is to be done with a job: see its results, or change what becomes of it. */
export type JobAction = 'read' | 'change';

/** Throws where the caller may not: JOB_NOT_FOUND as for a job that is not there. */
export type Authorize = (
  request: Request,
  job: Pick<LocatedJob, 'job' | 'tenant'>,
  action: JobAction,
) => void | Promise<void>;

export interface FileServices {
  readonly files: JobFiles;
  readonly delivery: FileDelivery;
  readonly zips: JobZips;
  readonly keep: KeepJob;
  readonly downloads: DownloadUrls;
  readonly authorize: Authorize;
  /** Undefined for what is no batch. */
  members?(id: string): Promise<Members | undefined>;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Logger;
}

/** What Cloud Run lets through at once is 32 MiB; a larger file is fetched from where it lies. */
export const MAX_INLINE_BYTES = 24 * 1024 * 1024;
/** How long its address works: to begin with, not to end. */
const DOWNLOAD_MS = 15 * 60 * 1000;

export function filesRouter(services: FileServices): Router {
  const { files, delivery, zips, keep, authorize } = services;
  const router = express.Router();

  async function locate(request: Request, action: JobAction): Promise<LocatedJob> {
    const located = await files.locate(String(request.params.job));
    await authorize(request, located, action);
    return located;
  }

  router.get('/jobs/:job/files/:name', async (request, response) => {
    const located = await locate(request, 'read');
    const { token: _, k: __, ...query } = request.query;
    const mayUse = (job: LocatedJob) => authorize(request, job, 'read');
    const plan = await delivery.plan(located, { name: request.params.name, query, mayUse });
    const copies = { areFinal: true, isBearerUrl: isBearerUrl(request) };
    if (matchesEtag(request, plan.key)) return sendNotModified(response, plan.key, copies);
    const delivered = await delivery.deliver(plan, goneSignal(response));
    if (delivered.object.bytes > MAX_INLINE_BYTES)
      return await sendAddress(request, response, plan, delivered, services);
    // HEAD is answered with all that GET would be, and nothing is read for it.
    const data = request.method === 'HEAD' ? undefined : await delivered.read();
    setCaching(response, plan.key, copies);
    response.set({ ...fileHeaders(plan), ...serverTiming(delivered.timings) });
    response.set('Content-Length', String(delivered.object.bytes));
    response.end(data);
  });

  router.get('/jobs/:job/result.zip', async (request, response) => {
    const { job } = request.params;
    const batch = await services.members?.(job);
    if (batch) {
      await authorize(request, { job, tenant: batch.tenant }, 'read');
      const jobs = await inGroups(await batch.jobs(), (id) => files.locate(id));
      return await sendZip(request, response, await zips.ofJobs(jobs), job, services);
    }
    const located = await locate(request, 'read');
    const name = located.found?.record.reference ?? located.job;
    await sendZip(request, response, await zips.ofJob(located), name, services);
  });

  router.post('/jobs/:job/keep', async (request, response) => {
    const located = await locate(request, 'change');
    await keep(located);
    response.json({ job: located.job, kept: true });
  });

  return router;
}

function sendNotModified(response: Response, key: string, copies: Copies): void {
  setCaching(response, key, copies);
  response.status(304).end();
}

/** Who asks for a picture, as a page's <img> does, is sent there; who takes anything is told. */
async function sendAddress(
  request: Request,
  response: Response,
  plan: FilePlan,
  { object }: DeliveredFile,
  { downloads, now }: FileServices,
): Promise<void> {
  const { 'Content-Disposition': disposition, 'Content-Type': contentType } = fileHeaders(plan);
  const expiresMs = now() + DOWNLOAD_MS;
  const { url, expires } = await downloads.create(object, { disposition, contentType, expiresMs });
  response.set('Cache-Control', 'private, no-store').vary('Accept');
  if (request.accepts(['application/json', contentType]) === contentType) return response.redirect(302, url);
  const { width, height } = plan.delivered;
  const { bytes } = object;
  response.json({ url, method: 'GET', expires, content_type: contentType, bytes, width, height });
}

async function sendZip(
  request: Request,
  response: Response,
  { key, stream }: JobZip,
  name: string,
  { log }: FileServices,
): Promise<void> {
  const copies = { areFinal: false, isBearerUrl: isBearerUrl(request) };
  if (matchesEtag(request, key)) return sendNotModified(response, key, copies);
  const chunks = stream();
  // Before the first word is sent a failure can still be told.
  const first = request.method === 'HEAD' ? undefined : await chunks.next();
  const filename = `${fileNameOf(name) ?? 'result'}.zip`;
  setCaching(response, key, copies);
  response.set({ 'Content-Type': 'application/zip', 'X-Content-Type-Options': 'nosniff' });
  response.set('Content-Disposition', contentDisposition('attachment', filename));
  if (!first) return void response.end();
  try {
    await pipeline(Readable.from(following(first, chunks), { highWaterMark: 1 }), response);
  } catch (error) {
    // The answer ends in the middle, which whoever reads it sees; one who went away sees nothing.
    if (!(error instanceof CutlineError)) return;
    log.warning('A ZIP was broken off', { error });
  }
}

async function* following<Item>(
  first: IteratorResult<Item, void>,
  rest: AsyncGenerator<Item, void, void>,
): AsyncGenerator<Item, void, void> {
  if (!first.done) yield first.value;
  yield* rest;
}

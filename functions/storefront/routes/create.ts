// How jobs begin over HTTP: an upload URL, a photo in a form, many at once; and the token with which each is then read.
import type { Request, Response, Router } from 'express';
import express from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import { goneSignal } from '../../../shared/serve-push.ts';
import type { Slots } from '../../../shared/slots.ts';
import type { RateLimits } from '../../../shared/transport/rate-limit.ts';
import type { Multipart } from '../../../shared/transport/read-multipart.ts';
import { readMultipart } from '../../../shared/transport/read-multipart.ts';
import { discardRest } from '../../../shared/transport/request-body.ts';
import type { Access, Caller } from '../access.ts';
import { allowedOptions } from '../access.ts';
import type { BatchCreatePorts, CreatedBatch } from '../create-batch.ts';
import {
  createBatchFromFiles,
  createBatchFromObjects,
  createBatchOfUploads,
  MAX_BATCH,
} from '../create-batch.ts';
import { createJobFromFile, createUpload } from '../create-job.ts';
import type { Given } from '../read-wishes.ts';
import { givenFields } from '../read-wishes.ts';
import { batchRequestSchema, readRequest, uploadRequestSchema } from '../requests.ts';
import type { Admit } from './admit.ts';

export interface CreateRoutesPorts {
  readonly admit: Admit;
  readonly access: Pick<Access, 'jobToken' | 'filesKey'>;
  readonly limits: Pick<RateLimits, 'takePhotos' | 'givePhotosBack'>;
  readonly create: BatchCreatePorts;
  /** Forms that are read at once: each is in memory as long. */
  readonly slots: Slots;
}

/** For a form to arrive, over a slow line too. */
const FORM_TIMEOUT_MS = 120_000;
/** Of a batch in a form: what Cloud Run lets through. */
export const MAX_BATCH_BYTES = 32 * 1024 * 1024;
/** Around one photo: its options. */
const FORM_BYTES = 1024 * 1024;

export function createRouter(ports: CreateRoutesPorts): Router {
  const { admit, create } = ports;
  const router = express.Router();

  router.post('/jobs/uploads', async (request, response) => {
    const caller = await admit(request, response, 'work');
    const { content_type: contentType, options, reference } = readRequest(uploadRequestSchema, request.body);
    const asking = { ...askingOf(caller, options), reference, contentType };
    const given = await counted(caller, 1, ports, () => createUpload(asking, create));
    const { job, ...upload } = given;
    response.status(201).location(`/jobs/${job}`);
    response.json({ ...viewCreated(job, ports), ...upload });
  });

  router.post('/jobs', async (request, response) => {
    const caller = await admit(request, response, 'work');
    const { job } = await inTurn(request, response, ports, async () => {
      const { fields, files } = await readMultipart(request, {
        maxFileBytes: create.limits.maxFileBytes,
        maxFiles: 1,
        maxTotalBytes: create.limits.maxFileBytes + FORM_BYTES,
        fields: givenFields,
        files: ['image', 'file'],
        timeoutMs: FORM_TIMEOUT_MS,
      });
      const [file] = files;
      if (!file) throw invalid('expected a file as image or file but received none');
      const asking = { ...askingOf(caller, fields), data: file.data };
      return await counted(caller, 1, ports, () => createJobFromFile(asking, create));
    });
    response.status(202).location(`/jobs/${job}`).json(viewCreated(job, ports));
  });

  router.post('/jobs/batch', async (request, response) => {
    const caller = await admit(request, response, 'work');
    const created = await (request.is('application/json')
      ? batchOfNames(request, caller, ports)
      : inTurn(request, response, ports, () => batchOfFiles(request, caller, ports)));
    const { batch } = created;
    const jobs = created.jobs.map(({ job, ...more }) => ({ ...viewCreated(job, ports), ...more }));
    response.status(202).location(`/jobs/${batch}`);
    response.json({ batch, token: ports.access.jobToken(batch), check_url: `/jobs/${batch}`, jobs });
  });

  return router;
}

/** What its maker gets of a job: with the token alone it can be read, with the key its files, in links for others. */
export function viewCreated(job: string, { access }: Pick<CreateRoutesPorts, 'access'>) {
  const check_url = `/jobs/${job}`;
  const keys = { token: access.jobToken(job), files_key: access.filesKey(job) };
  return { job, status: 'queued', ...keys, check_url, events_url: `${check_url}/events` };
}

type BatchJob = { readonly job: string };

async function batchOfFiles(
  request: Request,
  caller: Caller,
  ports: CreateRoutesPorts,
): Promise<CreatedBatch<BatchJob>> {
  const { fields, files }: Multipart = await readMultipart(request, {
    maxFileBytes: ports.create.limits.maxFileBytes,
    maxFiles: MAX_BATCH,
    maxTotalBytes: MAX_BATCH_BYTES,
    fields: givenFields,
    files: ['image', 'file', 'images', 'files'],
    timeoutMs: FORM_TIMEOUT_MS,
  });
  const asking = { ...askingOf(caller, fields), files };
  return await counted(caller, files.length, ports, () => createBatchFromFiles(asking, ports.create));
}

async function batchOfNames(
  request: Request,
  caller: Caller,
  ports: CreateRoutesPorts,
): Promise<CreatedBatch<BatchJob>> {
  const { uploads, objects, options, reference } = readRequest(batchRequestSchema, request.body);
  if ((uploads === undefined) === (objects === undefined))
    throw invalid('expected either uploads or objects');
  const asking = { ...askingOf(caller, options), reference };
  if (objects)
    return await counted(caller, objects.length, ports, () =>
      createBatchFromObjects({ ...asking, objects }, ports.create),
    );
  const wanted = uploads!.map(({ content_type: contentType, ...upload }) => ({
    contentType,
    options: allowedOptions(upload.options, caller),
    reference: upload.reference,
  }));
  return await counted(caller, wanted.length, ports, () =>
    createBatchOfUploads({ ...asking, uploads: wanted }, ports.create),
  );
}

function askingOf(caller: Caller, given: Given): { readonly tenant: string; readonly options: Given } {
  return { tenant: caller.tenant, options: allowedOptions(given, caller) };
}

/** Photos that nothing comes of are not counted. @throws QUOTA_EXCEEDED */
export async function counted<Result>(
  { tenant }: Pick<Caller, 'tenant'>,
  photos: number,
  { limits }: Pick<CreateRoutesPorts, 'limits'>,
  make: () => Promise<Result>,
): Promise<Result> {
  await limits.takePhotos(tenant, photos);
  try {
    return await make();
  } catch (error) {
    await limits.givePhotosBack(tenant, photos);
    throw error;
  }
}

/** Before a byte of the form is read, since it is the form that takes the memory. @throws BUSY */
export async function inTurn<Result>(
  request: Request,
  response: Response,
  { slots }: Pick<CreateRoutesPorts, 'slots'>,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await slots.run(read, goneSignal(response));
  } catch (error) {
    discardRest(request);
    throw error;
  }
}

function invalid(problem: string): CutlineError {
  return new CutlineError('REQUEST_INVALID', { fields: { problem } });
}

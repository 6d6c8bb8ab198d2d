// remove.bg's wire format over HTTP (https://www.remove.bg/api): a photo in, its cut-out back while the caller waits.
import type { ErrorRequestHandler, Request, Response, Router } from 'express';
import express from 'express';
import { CutlineError, toCutlineError } from '../../../shared/errors.ts';
import { parseUri } from '../../../shared/gs-uri.ts';
import type { Box } from '../../../shared/image/picture.ts';
import type { Logger } from '../../../shared/log.ts';
import type { ObjectInfo } from '../../../shared/object-store.ts';
import { paths } from '../../../shared/records.ts';
import { goneSignal } from '../../../shared/serve-push.ts';
import type { Slots } from '../../../shared/slots.ts';
import { traceOfRequest } from '../../../shared/trace.ts';
import type { RateLimits } from '../../../shared/transport/rate-limit.ts';
import type { Caller } from '../access.ts';
import { allowedOptions } from '../access.ts';
import type { JobFiles } from '../job-files.ts';
import { removebgError } from '../removebg-errors.ts';
import type { RemovebgWish } from '../removebg-parameters.ts';
import type { RemovebgPixels, RemovebgResult } from '../removebg-render.ts';
import { renderRemovebg } from '../removebg-render.ts';
import type { Begun, DoneNow } from '../run-now.ts';
import { counted, inTurn } from './create.ts';
import { MAX_INLINE_BYTES } from './files.ts';
import { attachment, workHeaders } from './photo-answer.ts';
import type { PhotoNowPorts } from './photo-now.ts';
import { readRemovebgForm } from './removebg-form.ts';

export interface RemovebgPorts extends PhotoNowPorts {
  readonly limits: Pick<RateLimits, 'takePhotos' | 'givePhotosBack' | 'photosLeft'>;
  readonly files: Pick<JobFiles, 'read'>;
  readonly pixels: RemovebgPixels;
  /** What works on pictures here. */
  readonly renders: Slots;
  readonly log: Logger;
}

/** A tenant without a daily cap pays nothing; clients ask first whether there are any credits. */
const UNCAPPED = 1_000_000;

/** To be mounted before whatever parses JSON: photos come in it. */
export function removebgRouter(ports: RemovebgPorts): Router {
  const router = express.Router();

  router.get('/v1.0/account', async (request, response) => {
    const { tenant } = await ports.admit(request, response, 'read');
    const left = await ports.limits.photosLeft(tenant);
    const total = left ?? UNCAPPED;
    const credits = { total, subscription: total, payg: 0, enterprise: 0 };
    const api = { free_calls: left === undefined ? UNCAPPED : 0, sizes: 'all' };
    response.json({ data: { attributes: { credits, api } } });
  });

  router.post('/v1.0/removebg', async (request, response) => {
    const caller = await ports.admit(request, response, 'work');
    const gone = goneSignal(response);
    const left = await ports.limits.photosLeft(caller.tenant);
    const answer = await counted(caller, 1, ports, async () => {
      const begun = await inTurn(request, response, ports, () => beginFrom(request, caller, ports));
      const done = await ports.runNow.run(begun.begun, gone);
      const rendered = await ports.renders.run(() => render(done, begun, gone, ports), gone);
      checkAnswer(rendered.result, isInJson(request));
      return { ...begun, ...rendered, done };
    });
    response.set(headersOf(answer, left === undefined ? 0 : 1, ports));
    send(response, answer, isInJson(request));
  });

  router.use('/v1.0', errors(ports.log));
  return router;
}

/** Nothing but cut out: the picture keeps the photo's size. */
const onlyCutOut = { scale: 1, effects: 'none' } as const;

interface BegunHere {
  readonly begun: Begun;
  readonly wish: RemovebgWish;
  readonly filename: string;
  /** Lies beside the photo, and goes with it. */
  readonly backdrop: ObjectInfo | undefined;
}

/** Of the pictures nothing is held after it. */
async function beginFrom(
  request: Request,
  { tenant, ...caller }: Caller,
  { create, runNow, random }: RemovebgPorts,
): Promise<BegunHere> {
  const { photo, backdrop, ...read } = await readRemovebgForm(request, create.limits.maxFileBytes);
  if (backdrop) await create.inspect(backdrop);
  const options = { ...allowedOptions({}, caller), ...onlyCutOut };
  const trace = traceOfRequest(request.headers, random);
  const begun = await runNow.begin({ tenant, data: photo, options, trace, route: ['segment'] });
  const { job, found } = begun.located;
  const { bucket } = parseUri(found.uri)!;
  const place = { bucket, name: `${paths.folder(job)}background` };
  const contentType = 'application/octet-stream';
  const kept = backdrop && (await create.store.writeIfAbsent(place, backdrop, { contentType }));
  return { ...read, begun, backdrop: kept?.object };
}

interface Rendered {
  readonly result: RemovebgResult;
  /** In the photo's pixels. */
  readonly subject: Box;
}

async function render(
  { stages }: DoneNow,
  { wish, backdrop }: BegunHere,
  signal: AbortSignal,
  { files, create, pixels }: RemovebgPorts,
): Promise<Rendered> {
  const cut = stages.find(({ stage }) => stage === 'segment');
  if (!cut?.subject) throw new CutlineError('NO_SUBJECT');
  const { limits, store } = create;
  const cutout = await files.read(cut.outputs.cutout!.uri);
  const behind = backdrop && (await store.read(backdrop, limits.maxFileBytes));
  if (!cutout || (backdrop && !behind)) throw new CutlineError('JOB_NOT_FOUND');
  const work = { cutout: cutout.data, subject: cut.subject, wish, backdrop: behind?.data, limits, signal };
  return { result: await renderRemovebg(work, pixels), subject: cut.subject };
}

type Answer = BegunHere & Rendered & { readonly done: DoneNow };

function headersOf({ result, subject, done }: Answer, credits: number, ports: RemovebgPorts) {
  return {
    ...workHeaders(done, ports),
    'X-Width': String(result.width),
    'X-Height': String(result.height),
    'X-Foreground-Top': String(subject.top),
    'X-Foreground-Left': String(subject.left),
    'X-Foreground-Width': String(subject.width),
    'X-Foreground-Height': String(subject.height),
    'X-Credits-Charged': String(credits),
  };
}

/** Only this very word: libraries that would rather have JSON, and take anything, get the picture. */
function isInJson({ headers }: Request): boolean {
  return /^\s*application\/json\s*(;[^,]*)?$/i.test(headers.accept ?? '');
}

/** @throws OUTPUT_TOO_LARGE */
function checkAnswer({ data, width, height }: RemovebgResult, inJson: boolean): void {
  const bytes = inJson ? (data.byteLength / 3) * 4 : data.byteLength;
  if (bytes <= MAX_INLINE_BYTES) return;
  const limit = `${MAX_INLINE_BYTES / 1024 / 1024} MiB in one answer`;
  const hint = 'format=zip, format=jpg or a smaller size fits';
  throw new CutlineError('OUTPUT_TOO_LARGE', { fields: { width, height, limit, hint } });
}

function send(response: Response, { result, subject, filename }: Answer, inJson: boolean): void {
  const { data, contentType, extension } = result;
  if (!inJson) {
    response.set('Content-Disposition', attachment(filename, 'nobg', extension));
    response.set({ 'Content-Type': contentType, 'Content-Length': String(data.byteLength) });
    return void response.end(data);
  }
  const { top, left, width: foreground_width, height: foreground_height } = subject;
  const { buffer, byteOffset, byteLength } = data;
  const result_b64 = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  const foreground = { foreground_top: top, foreground_left: left, foreground_width, foreground_height };
  response.json({ data: { result_b64, ...foreground } });
}

const RETRY_AFTER_S = 5;

function errors(log: Logger): ErrorRequestHandler {
  return (thrown, _request, response, next) => {
    // What is none of ours may be express's own, which says by its status that the caller was wrong.
    const isForeign = !(thrown instanceof CutlineError) && typeof Object(thrown).status === 'number';
    if (response.headersSent || isForeign) return next(thrown);
    const error = toCutlineError(thrown);
    const { status, document } = removebgError(error);
    const { requestId: request_id } = response.locals;
    log[status >= 500 ? 'error' : 'info']('A request ended in an error', {
      error,
      ...(request_id && { request_id }),
    });
    const after = error.fields.retry_after_seconds ?? (status === 503 ? RETRY_AFTER_S : undefined);
    if (after !== undefined) response.set('Retry-After', String(after));
    response.status(status).json(document);
  };
}

// What every function's express app is made of: JSON in, pushes to their handlers, answers and errors in one form.
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import express from 'express';
import { CutlineError, publicError, toCutlineError } from './errors.ts';
import type { Logger } from './log.ts';
import type { PushAnswer, PushHandler } from './push.ts';
import { parsePush } from './push.ts';

/** Messages and addresses are short; pictures never travel here. */
const MAX_BODY = '1mb';
const RETRY_AFTER_S = 5;

/**
 * An app that reads JSON; `closeApp` when its routes are there.
 * @param first stand before all else, so that they also see what cannot be read
 */
export function openApp(...first: readonly RequestHandler[]): Express {
  const app = express();
  app.disable('x-powered-by');
  // What may be asked for again has an ETag of ours.
  app.disable('etag');
  for (const handler of first) app.use(handler);
  app.use(express.json({ limit: MAX_BODY, type: ['json', '+json'] }));
  return app;
}

/** Whatever is left is 404, whatever is thrown an answer in our terms. */
export function closeApp(app: Express, log: Logger): Express {
  app.use((_: Request, response: Response) => {
    response
      .status(404)
      .json({ error_code: 'NOT_FOUND', detail: 'There is nothing here', ...named(response) });
  });
  app.use((thrown: unknown, _: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(thrown);
    answerError(thrown, response, log);
  });
  return app;
}

/** A raw push of Pub/Sub. */
export function pushRoute(handler: PushHandler, log: Logger): RequestHandler {
  return async (request, response) => {
    const delivery = parsePush(request.body);
    if (delivery) return sendAnswer(await handler(delivery), response);
    log.warning('A request that is no push was acknowledged and dropped', { path: request.path });
    response.status(204).end();
  };
}

export function sendAnswer({ status, body }: PushAnswer, response: Response): void {
  if (status === 503) response.set('Retry-After', String(RETRY_AFTER_S));
  response.status(status);
  if (body === undefined) response.end();
  else response.json(body);
}

function answerError(thrown: unknown, response: Response, log: Logger): void {
  // Express and its body parser say what the caller did wrong by a status of their own.
  const status = (thrown as { status?: unknown } | null)?.status;
  if (!(thrown instanceof CutlineError) && typeof status === 'number' && status >= 400 && status < 500) {
    const detail = status === 413 ? 'The request is too large' : 'The request cannot be read';
    response.status(status).json({ error_code: 'BAD_REQUEST', detail, ...named(response) });
    return;
  }
  const error = toCutlineError(thrown);
  log[error.status >= 500 ? 'error' : 'info']('A request ended in an error', { error, ...named(response) });
  const after = error.fields.retry_after_seconds ?? (error.status === 503 ? RETRY_AFTER_S : undefined);
  if (after !== undefined) response.set('Retry-After', String(after));
  response.status(error.status).json({ ...publicError(error), ...error.fields, ...named(response) });
}

/** Of a public service, whose callers can name the request when they ask why. */
function named({ locals }: Response): { request_id?: string } {
  return typeof locals.requestId === 'string' ? { request_id: locals.requestId } : {};
}

/** Aborted when the caller hangs up before the answer. */
export function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableEnded) gone.abort(new CutlineError('CANCELLED'));
  });
  return gone.signal;
}

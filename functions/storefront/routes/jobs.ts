// A job over HTTP, or a batch of them: its state, its events as they happen, its end by deletion.
import type { Request, Response, Router } from 'express';
import express from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import type { JobState } from '../../../shared/job-state.ts';
import type { BatchState } from '../batches.ts';
import type { JobThing } from '../job-things.ts';
import { viewBatch, viewJob } from '../job-view.ts';
import type { JobEvent, JobWatch } from '../watch-job.ts';
import { isEnd } from '../watch-job.ts';
import type { Authorize } from './files.ts';

export interface JobRoutesPorts {
  /** @throws JOB_NOT_FOUND */
  find(id: string): Promise<JobThing>;
  readonly authorize: Authorize;
  readonly watch: JobWatch;
  /** Calls back again and again; what it returns ends that. */
  every(ms: number, run: () => void): () => void;
}

/** Proxies close what is silent for a minute or less. */
const HEARTBEAT_MS = 15_000;
/** Cloud Run ends a request after five minutes; the browser comes back by itself. */
const LONGEST_MS = 240_000;
const RETRY_MS = 1000;

export function jobsRouter(ports: JobRoutesPorts): Router {
  const router = express.Router();

  router.get('/jobs/:job', async (request, response) => {
    const thing = await ports.find(request.params.job);
    await ports.authorize(request, thing, 'read');
    const state = await thing.state();
    if (!state) throw new CutlineError('JOB_NOT_FOUND');
    response.set('Cache-Control', 'no-store').json(view(state));
  });
  router.delete('/jobs/:job', async (request, response) => {
    const thing = await ports.find(request.params.job);
    await ports.authorize(request, thing, 'change');
    await thing.delete();
    response.status(204).end();
  });
  router.get('/jobs/:job/events', async (request, response) => {
    const thing = await ports.find(request.params.job);
    await ports.authorize(request, thing, 'read');
    stream(thing.job, request, response, ports);
  });
  return router;
}

function view(state: JobState | BatchState): Record<string, unknown> {
  return 'batch' in state ? viewBatch(state) : viewJob(state);
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
function stream(job: string, request: Request, response: Response, ports: JobRoutesPorts): void {
  response.set({
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // Nginx and its like would hold events back to fill a buffer.
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  response.write(`retry: ${RETRY_MS}\n\n`);
  let known = String(request.headers['last-event-id'] ?? '');
  let silent = 0;
  let leave = (): void => {};
  const stop = ports.every(HEARTBEAT_MS, () => {
    silent += HEARTBEAT_MS;
    if (silent >= LONGEST_MS) end();
    else response.write(': still here\n\n');
  });
  const end = (): void => {
    stop();
    leave();
    response.end();
  };
  response.once('close', end);
  leave = ports.watch.listen(job, (event) => {
    // After a break the browser says what it knows already.
    if (event.id !== known) response.write(eventText(event));
    known = event.id;
    if (isEnd(event)) end();
  });
  if (response.writableEnded) leave();
}

function eventText(event: JobEvent): string {
  const name = event.kind === 'gone' ? 'gone' : event.state.status;
  const data = event.kind === 'gone' ? {} : view(event.state);
  return `id: ${event.id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

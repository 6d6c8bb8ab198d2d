// A job under the brief's names: a task that is begun, looked at, and fetched when it is done.
import type { Router } from 'express';
import express from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import type { JobState } from '../../../shared/job-state.ts';
import type { Access } from '../access.ts';
import { allowedOptions, jobTokenIn } from '../access.ts';
import { createJobFromFile } from '../create-job.ts';
import type { JobFiles, LocatedJob } from '../job-files.ts';
import { cutoutFields, cutoutWish } from './brief-removal.ts';
import type { CreateRoutesPorts } from './create.ts';
import { counted, inTurn } from './create.ts';
import { readPhotoForm } from './photo-form.ts';

export interface TaskPorts extends CreateRoutesPorts {
  readonly access: Pick<Access, 'jobToken' | 'filesKey' | 'mayTouch'>;
  readonly files: Pick<JobFiles, 'locate'>;
  /** Undefined when it was deleted meanwhile. */
  readState(job: LocatedJob): Promise<JobState | undefined>;
}

export function tasksRouter(ports: TaskPorts): Router {
  const { admit, access, create } = ports;
  const router = express.Router();

  router.post('/api/background-removal/remove-async', async (request, response) => {
    const caller = await admit(request, response, 'work');
    const { job } = await inTurn(request, response, ports, async () => {
      const form = { limits: create.limits, fields: cutoutFields, files: ['image'] };
      const { fields, file } = await readPhotoForm(request, form);
      const { options: own, always } = cutoutWish(fields);
      const options = { ...allowedOptions(own, caller), ...always };
      const asking = { tenant: caller.tenant, options, data: file.data };
      return await counted(caller, 1, ports, () => createJobFromFile(asking, create));
    });
    const token = access.jobToken(job);
    const check_url = checkUrl(job, token);
    response.status(202).location(check_url);
    response.json({ task_id: job, status: 'processing', check_url, token });
  });

  router.get('/api/background-removal/status/:task', async (request, response) => {
    const { task } = request.params;
    const caller = await admit(request, response, 'read', task);
    const located = await ports.files.locate(task);
    const mayRead = access.mayTouch(located, caller, jobTokenIn(request.headers, request.query.token));
    const state = mayRead ? await ports.readState(located) : undefined;
    if (!state) throw new CutlineError('JOB_NOT_FOUND');
    response.set('Cache-Control', 'no-store').json(viewTask(state, access.jobToken(task)));
  });

  return router;
}

/** The token is part of it, so that the address alone can be asked, as the brief's clients do. */
function checkUrl(task: string, token: string): string {
  return `/api/background-removal/status/${task}?token=${token}`;
}

function viewTask(state: JobState, token: string): Record<string, unknown> {
  const common = { task_id: state.job, check_url: checkUrl(state.job, token) };
  if (state.status === 'failed') {
    const { error_code, detail } = state;
    return { ...common, status: 'failed', error_code, detail };
  }
  if (state.status !== 'completed') {
    const { progress, estimate_ms } = state;
    return { ...common, status: 'processing', progress, estimate_ms };
  }
  const { width, height, models } = state.result;
  return {
    ...common,
    status: 'completed',
    progress: 1,
    result_url: `/jobs/${state.job}/files/cutout.png?token=${token}`,
    output_size: `${width}x${height}`,
    model_version: models.segment?.[0]?.id ?? null,
  };
}

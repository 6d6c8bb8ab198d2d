// A corrected mask over HTTP: PUT /jobs/{id}/mask, answered with the job that is made with it.
import type { Router } from 'express';
import express from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import { fileTooLarge } from '../../../shared/image/limits.ts';
import { traceOfRequest } from '../../../shared/trace.ts';
import { createGrowingBytes, readBody } from '../../../shared/transport/request-body.ts';
import type { CorrectPorts } from '../correct-mask.ts';
import { correctMask } from '../correct-mask.ts';
import type { JobFiles } from '../job-files.ts';
import type { CreateRoutesPorts } from './create.ts';
import { counted, inTurn, viewCreated } from './create.ts';
import type { Authorize } from './files.ts';

export interface MaskRoutesPorts extends Pick<CreateRoutesPorts, 'access' | 'limits' | 'slots'> {
  readonly files: Pick<JobFiles, 'locate'>;
  readonly authorize: Authorize;
  readonly correct: CorrectPorts;
}

const TIMEOUT_MS = 60_000;

export function maskRouter(ports: MaskRoutesPorts): Router {
  const { correct } = ports;
  const router = express.Router();
  router.put('/jobs/:job/mask', async (request, response) => {
    const located = await ports.files.locate(request.params.job);
    await ports.authorize(request, located, 'change');
    const refine = readRefine(request.query.refine);
    const { job } = await inTurn(request, response, ports, async () => {
      const body = createGrowingBytes();
      const maxBytes = correct.limits.maxFileBytes;
      const tooLarge = (bytes: number) => fileTooLarge(bytes, maxBytes);
      await readBody(request, { maxBytes, timeoutMs: TIMEOUT_MS, tooLarge }, (chunk) => body.add(chunk));
      const trace = traceOfRequest(request.headers, correct.randomBytes);
      const correction = { located, mask: body.take(), trace, ...(refine !== undefined && { refine }) };
      return await counted(located, 1, ports, () => correctMask(correction, correct));
    });
    response.status(202).location(`/jobs/${job}`).json(viewCreated(job, ports));
  });
  return router;
}

/** @throws REQUEST_INVALID */
function readRefine(given: unknown): boolean | undefined {
  if (given === undefined || given === 'true' || given === 'false')
    return given === undefined ? undefined : given === 'true';
  throw new CutlineError('REQUEST_INVALID', { fields: { problem: 'refine: expected true or false' } });
}

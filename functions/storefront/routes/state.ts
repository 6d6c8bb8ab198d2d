// How the service is: its own health, how warm the stages are as far as is known, and the wish that they be warm. No GPU is
// woken to answer.
import type { Request, Response, Router } from 'express';
import express from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import type { LoadLadder } from '../../../shared/load-ladder.ts';
import type { Logger } from '../../../shared/log.ts';
import { goneSignal } from '../../../shared/serve-push.ts';
import type { StageWarmths, Warmth } from '../warmth.ts';
import type { Admit } from './admit.ts';

export interface StateRoutesPorts {
  readonly admit: Admit;
  readonly warmth: StageWarmths;
  readonly ladder: Pick<LoadLadder, 'load'>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  /** Of the counters of requests: in Redis for all instances, or this one's own. */
  isShared(): boolean;
  /** Calls back again and again; what it returns ends that. */
  every(ms: number, run: () => void): () => void;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Logger;
}

/** All who ask within it are answered with one look. */
const LOOK_HOLDS_MS = 2000;
const POLL_MS = 1000;
/** A warm-up gives up after four minutes. */
const LONGEST_WAIT_MS = 240_000;

export function stateRouter(ports: StateRoutesPorts): Router {
  const { admit, warmth, now } = ports;
  const router = express.Router();
  let last: { readonly at: number; readonly look: Promise<Warmth> } | undefined;

  const look = (): Promise<Warmth> => {
    if (!last || now() - last.at >= LOOK_HOLDS_MS) last = { at: now(), look: warmth.look() };
    return last.look;
  };

  router.get('/startup', (_, response) => void response.json({ status: 'ready' }));

  router.get('/health', async (request, response) => {
    const isOperator = hasKey(request) && (await admit(request, response, 'read')).operator;
    try {
      const { stages, ...overall } = await look();
      const load = ports.ladder.load;
      response.json({
        status: load === 'heavy' ? 'degraded' : 'healthy',
        stages: overall,
        ...(isOperator && { load, counters: ports.isShared() ? 'redis' : 'own', each_stage: stages }),
        ...(isOperator && { memory_rss_mb: Math.round(process.memoryUsage.rss() / 1024 / 1024) }),
      });
    } catch (error) {
      ports.log.warning('The state of the stages cannot be read', { error });
      response.status(503).json({ status: 'unhealthy', error_code: 'STORE_UNAVAILABLE' });
    }
  });

  router.post('/warmup', async (request, response) => {
    await admit(request, response, 'work');
    const wished = await warmth.requestWarmup();
    const isAwaited = request.query.wait !== 'false' && wished.status !== 'warm';
    const state = isAwaited ? await whenWarm(response, ports) : wished;
    response.status(state.status === 'warm' ? 200 : 202).json(state);
  });

  router.get('/metrics', async (request, response) => {
    const { operator } = await admit(request, response, 'read');
    if (!operator) throw new CutlineError('FORBIDDEN');
    response.set('Content-Type', ports.metrics.contentType).send(await ports.metrics.text());
  });

  return router;
}

function hasKey({ headers }: Request): boolean {
  return headers.authorization !== undefined || headers['x-api-key'] !== undefined;
}

/** As it is when all are warm, or when that takes too long. @throws CANCELLED when the caller leaves */
async function whenWarm(response: Response, { warmth, every, now }: StateRoutesPorts): Promise<Warmth> {
  const began = now();
  const gone = goneSignal(response);
  const { promise, resolve, reject } = Promise.withResolvers<Warmth>();
  const onGone = (): void => reject(gone.reason);
  gone.addEventListener('abort', onGone, { once: true });
  const stop = every(POLL_MS, () => {
    warmth
      .look()
      .then((state) => {
        if (state.status === 'warm' || now() - began >= LONGEST_WAIT_MS) resolve(state);
      })
      .catch(reject);
  });
  return await promise.finally(stop);
}

// A function for functions-framework as the entries of the real ones are: GET answers, POST /slow takes two seconds
// and until somebody was refused, the others break something.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { CutlineError } from '../../errors.ts';
import { manageLifecycle } from '../lifecycle.ts';
import { countRequests } from '../lifecycle-requests.ts';
import { createLogger } from '../pino-log.ts';

const log = createLogger({ level: 'info', format: 'json' });

const refusal = Promise.withResolvers<void>();
const requests = countRequests(answer);
const lifecycle = manageLifecycle({
  process,
  drainMs: Number(process.env.DRAIN_MS),
  log,
  onDrain: () => requests.idle(),
  exit: (code) => process.exit(code),
});

export const handler = requests.handler;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const error = new CutlineError('SHUTTING_DOWN');
  if (lifecycle.draining) {
    refusal.resolve();
    return end(response, error.status, error.code);
  }
  if (request.method === 'GET') return end(response, 200, 'here');
  log.info('begun', { path: request.url });
  if (request.url === '/slow') await Promise.all([delay(2000), refusal.promise]);
  if (request.url === '/never') await new Promise(() => {});
  if (request.url === '/broken') void lifecycle.exitWith(70);
  if (request.url === '/uncaught') {
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
    await new Promise(() => {});
  }
  if (request.url === '/unhandled') {
    void Promise.reject(new Error('nobody waits for this'));
    await new Promise(() => {});
  }
  return end(response, 200, 'done');
}

function end(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  response.end(body);
}

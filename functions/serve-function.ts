// An app as a function of functions-framework, with an end of our own: finish what was begun, then exit 0.
import { http } from '@google-cloud/functions-framework';
import type { Express } from 'express';
import { endProcess } from '../shared/transport/end-process.ts';
import type { Lifecycle } from '../shared/transport/lifecycle.ts';
import { manageLifecycle } from '../shared/transport/lifecycle.ts';
import { countRequests } from '../shared/transport/lifecycle-requests.ts';
import type { Cloud } from './open-cloud.ts';

/** @param close what is left to do when the last request is answered */
export function serveFunction(
  name: string,
  app: Express,
  { config, log, publisher }: Cloud,
  close: () => Promise<void> = async () => {},
): Lifecycle {
  const requests = countRequests(app);
  const lifecycle = manageLifecycle({
    process,
    drainMs: config.drainSec * 1000,
    log,
    async onDrain() {
      await requests.idle();
      await publisher.close();
      await close();
    },
    exit: endProcess,
  });
  http(name, requests.handler);
  return lifecycle;
}

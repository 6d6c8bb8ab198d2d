// Wires configuration, log, signals and the port of the process that serves to its functions.
import { createServer } from 'node:http';
import { parseConfig } from '../../shared/config/parse-config.ts';
import type { EngineThread } from '../../shared/inference/start-thread.ts';
import { endProcess } from '../../shared/transport/end-process.ts';
import { manageLifecycle } from '../../shared/transport/lifecycle.ts';
import type { Application } from '../../shared/transport/lifecycle-requests.ts';
import { countRequests } from '../../shared/transport/lifecycle-requests.ts';
import { createLogger } from '../../shared/transport/pino-log.ts';
import { startFunctions } from './serve-functions.ts';
import { listen } from './serve-port.ts';
import { describeProblem, describeService } from './serve-text.ts';

const CANNOT_START = 2;

/** Ends the process with a line on standard error where it cannot start. */
export async function serveHere(thread: EngineThread): Promise<void> {
  try {
    await begin(thread);
  } catch (thrown) {
    process.stderr.write(`${describeProblem(thrown)}\n`);
    // A model may be half open in its thread: that is not waited for.
    endProcess(CANNOT_START);
  }
}

async function begin(thread: EngineThread): Promise<void> {
  // On a laptop the whole bucket is for photos: what is dropped there has no folder of its own.
  const config = parseConfig({ UPLOADS_PREFIX: '/', ANONYMOUS: 'true', ...process.env });
  const format = config.logFormat ?? (process.stdout.isTTY ? 'text' : 'json');
  const log = createLogger({ level: config.logLevel, format });
  for (const notice of config.notices) log.warning(notice);
  // The port first: a second start beside this one ends there, before it has touched a file.
  const { promise: application, resolve: mount } = Promise.withResolvers<Application>();
  const requests = countRequests(
    (request, response) => void application.then((app) => app(request, response)),
  );
  const server = createServer(requests.handler);
  const address = await listen(server, config);
  const running = await startFunctions({
    config,
    thread,
    log,
    address,
    isEnding: () => lifecycle.draining,
    exitWith: (code) => void lifecycle.exitWith(code),
  });
  const lifecycle = manageLifecycle({
    process,
    drainMs: config.drainSec * 1000,
    log,
    async onDrain() {
      server.close();
      await running.stop(config.drainSec * 1000);
      await requests.idle();
      await running.close();
    },
    exit: endProcess,
  });
  mount(running.app);
  // Without its parent nobody would ever end this process.
  const alone = (): void => void lifecycle.exitWith(0);
  if (process.send && !process.connected) alone();
  else process.once('disconnect', alone);
  const description = await running.begin();
  if (!description) return;
  if (format === 'text') process.stdout.write(`${describeService(description)}\n`);
  else log.info('Serving', { ...description, pid: process.pid });
}

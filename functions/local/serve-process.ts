// The process that serves: wires configuration, log, signals and the port to the functions.
import { createServer } from 'node:http';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { toCutlineError } from '../../shared/errors.ts';
import { endProcess } from '../../shared/transport/end-process.ts';
import { manageLifecycle } from '../../shared/transport/lifecycle.ts';
import { countRequests } from '../../shared/transport/lifecycle-requests.ts';
import { createLogger } from '../../shared/transport/pino-log.ts';
import { startFunctions } from './serve-functions.ts';
import { describeService } from './serve-text.ts';

const WRONG_SETTINGS = 2;

try {
  await main();
} catch (thrown) {
  const { code, detail, message } = toCutlineError(thrown);
  process.stderr.write(`${code}: ${detail}${message === detail ? '' : ` (${message})`}\n`);
  process.exitCode = WRONG_SETTINGS;
  process.disconnect?.();
}

async function main(): Promise<void> {
  // On a laptop the whole bucket is for photos: what is dropped there has no folder of its own.
  const config = parseConfig({ UPLOADS_PREFIX: '/', ...process.env });
  const format = config.logFormat ?? (process.stdout.isTTY ? 'text' : 'json');
  const log = createLogger({ level: config.logLevel, format });
  for (const notice of config.notices) log.warning(notice);
  const server = createServer();
  const running = await startFunctions({
    config,
    log,
    isEnding: () => lifecycle.draining,
    exitWith: (code) => void lifecycle.exitWith(code),
  });
  const requests = countRequests(running.app);
  server.on('request', requests.handler);
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
  // The parent is gone: nobody would ever end this process.
  process.once('disconnect', () => void lifecycle.exitWith(0));
  await listen(server, config.port, config.host);
  await running.begin();
  const text = describeService(await running.describe(), config);
  if (format === 'text') process.stdout.write(`${text}\n`);
  else log.info('Serving', { port: config.port, data: config.dataDir });
}

async function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise.catch((error: NodeJS.ErrnoException) => {
    const what =
      error.code === 'EADDRINUSE' ? 'is in use by another process' : `cannot be opened: ${error.code}`;
    throw toCutlineError(new Error(`port ${port} ${what}; --port or PORT names another`));
  });
}

// Run while the image is built: starts every function once and ends it, so that a cold start finds its code compiled
// (Node's compile cache, NODE_COMPILE_CACHE). Nothing is opened but the models that ship, and nobody is called.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// What each function cannot do without; none of it is used.
const unused = {
  UPLOADS_BUCKET: 'not-used',
  RESULTS_BUCKET: 'not-used',
  GOOGLE_CLOUD_PROJECT: 'not-used',
  UPSCALE_URL: 'http://127.0.0.1:9',
  SEGMENT_URL: 'http://127.0.0.1:9',
  EFFECTS_URL: 'http://127.0.0.1:9',
  TOKEN_SECRET: 'not-used'.repeat(8),
  PUSH_SERVICE_ACCOUNT: 'not-used@not-used.iam.gserviceaccount.com',
  DEVICE: 'cpu',
  LOG_LEVEL: 'error',
  NODE_ENV: 'production',
  // Else the clients look for Google's metadata server.
  METADATA_SERVER_DETECTION: 'none',
};
// Node keeps what the first process compiled of a file, and a stage compiles most of what is shared. Upscale and effects
// are segment's code but for their own entry.
const functions = ['segment', 'upscale', 'effects', 'storefront', 'ingest', 'warmup'];
const READY_MS = 60_000;
/** A stage loads the cloud's clients once it is ready. */
const CLIENTS_MS = 3000;

const folder = getCompileCacheDir();
if (!folder) throw new Error('Expected NODE_COMPILE_CACHE to name a folder but it is not set');
for (const name of functions) await startOnce(name);
console.log(`Compiled code is kept in ${folder}`);

async function startOnce(name: string): Promise<void> {
  const port = await freePort();
  const child = spawn(process.execPath, [pathOf('functions/start.ts')], {
    env: {
      ...process.env,
      ...unused,
      FUNCTION_SOURCE: pathOf(`functions/${name}/index.ts`),
      FUNCTION_TARGET: name,
      PORT: `${port}`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const deadline = performance.now() + READY_MS;
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`Expected ${name} to get ready but it did not (exit code ${child.exitCode})`);
    }
    await sleep(50);
  }
  await sleep(CLIENTS_MS);
  // Node writes what it compiled when a process ends by itself.
  child.kill('SIGTERM');
  await ended;
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/startup`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

/** As shared/testing/quiet-port.ts, which does not travel into the image. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return address.port;
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

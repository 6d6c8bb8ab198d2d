// Google's Pub/Sub emulator on a free port of this machine, where it is installed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { quietPort } from './quiet-port.ts';
import { until } from './until.ts';

export interface PubSubEmulator {
  /** As PUBSUB_EMULATOR_HOST wants it. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Why there is none, for a test that is skipped. */
export const noEmulator =
  'no Pub/Sub emulator: it comes with the Cloud SDK (pubsub-emulator) and needs java, or set PUBSUB_EMULATOR_JAR';

/**
 * Looks for the jar under PUBSUB_EMULATOR_JAR, CLOUDSDK_ROOT, the usual places of the Cloud SDK, and where `gcloud` is.
 * @returns `undefined` when there is none, or no java
 */
export async function startPubSubEmulator(env = process.env): Promise<PubSubEmulator | undefined> {
  const jar = findJar(env);
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : onPath('java', env);
  if (jar === undefined || java === undefined || !existsSync(java)) return undefined;
  const port = await quietPort();
  const args = ['-XX:+UseSerialGC', '-Xmx256m', '-jar', jar, '--host=127.0.0.1', `--port=${port}`];
  const child = spawn(java, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ended = once(child, 'exit');
  // A test process that dies must not leave it behind.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(kill, 5000);
    await ended;
    clearTimeout(late);
    process.off('exit', kill);
  };
  const isOver = async () => (await answers(port)) || child.exitCode !== null;
  await until('the Pub/Sub emulator to answer', isOver).catch(() => {});
  if (await answers(port)) return { host: `127.0.0.1:${port}`, stop };
  await stop();
  throw new Error(`Expected the Pub/Sub emulator to answer but received: ${said}`);
}

function findJar(env: NodeJS.ProcessEnv): string | undefined {
  if (env.PUBSUB_EMULATOR_JAR) return env.PUBSUB_EMULATOR_JAR;
  const gcloud = onPath('gcloud', env);
  const roots = [
    env.CLOUDSDK_ROOT,
    '/usr/lib/google-cloud-sdk',
    join(homedir(), 'google-cloud-sdk'),
    gcloud && dirname(dirname(realpathSync(gcloud))),
  ];
  for (const root of roots.filter((root) => root !== undefined)) {
    const folder = join(root, 'platform', 'pubsub-emulator', 'lib');
    const jar = existsSync(folder) && readdirSync(folder).find((name) => /^cloud-pubsub-.*\.jar$/.test(name));
    if (jar) return join(folder, jar);
  }
  return undefined;
}

function onPath(command: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}

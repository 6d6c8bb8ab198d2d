// For tests that want Cloud Storage: fake-gcs-server (Go, built by .ci/run), on a free port, forgetting all at its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { quietPort } from './quiet-port.ts';
import { until } from './until.ts';

export interface FakeGcs {
  /** `http://127.0.0.1:<port>`: what STORAGE_EMULATOR_HOST and `apiEndpoint` want. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface FakeGcsOptions {
  readonly buckets?: readonly string[];
  /** Has it tell a Pub/Sub emulator about each object, with the attributes that Cloud Storage sends. */
  readonly notify?: {
    /** `host:port` of the emulator, where the topic must be. */
    readonly pubsubEmulator: string;
    readonly projectId: string;
    readonly topic: string;
    /** Without it of all buckets. */
    readonly bucket?: string;
    readonly prefix?: string;
    readonly events?: readonly ('finalize' | 'delete' | 'metadataUpdate' | 'archive')[];
  };
}

/** Why a test is skipped. */
export const noFakeGcs =
  'skipped: no fake-gcs-server; go install github.com/fsouza/fake-gcs-server@v1.56.1, or set FAKE_GCS_SERVER';

/** From FAKE_GCS_SERVER, the repository's .cache/bin, or the PATH. */
export function findFakeGcs(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const folders = [join(import.meta.dirname, '../../.cache/bin'), ...(env.PATH ?? '').split(delimiter)];
  const places = folders.map((folder) => join(folder, 'fake-gcs-server'));
  return [env.FAKE_GCS_SERVER, ...places].find((path) => path && isExecutable(path));
}

/** @returns `undefined` where there is no such program; the caller stops it at the end of the test */
export async function startFakeGcs(options: FakeGcsOptions = {}): Promise<FakeGcs | undefined> {
  const program = findFakeGcs();
  if (!program) return undefined;
  const host = `127.0.0.1:${await quietPort()}`;
  const endpoint = `http://${host}`;
  const child = spawn(program, [...addressFlags(host), ...notifyFlags(options.notify)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(options.notify && { PUBSUB_EMULATOR_HOST: options.notify.pubsubEmulator }) },
  });
  const exited = once(child, 'exit');
  const trouble = text(child.stderr);
  // A test process that dies must not leave it behind.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await exited;
    process.off('exit', kill);
  };
  const isOver = async () => (await answers(endpoint)) || child.exitCode !== null;
  await until('fake-gcs-server to answer', isOver).catch(() => {});
  if (!(await answers(endpoint))) {
    await stop();
    throw new Error(`Expected fake-gcs-server to answer but received: ${await trouble}`);
  }
  for (const bucket of options.buckets ?? []) await makeBucket(endpoint, bucket);
  return { endpoint, stop };
}

function addressFlags(host: string): string[] {
  const [name = '', port = ''] = host.split(':');
  return [
    ...['-backend', 'memory', '-scheme', 'http', '-host', name, '-port', port],
    // Without it nothing but the JSON API is served at this address: no signed URLs.
    ...['-public-host', host, '-external-url', `http://${host}`, '-log-level', 'warn'],
  ];
}

function notifyFlags(notify: FakeGcsOptions['notify']): string[] {
  if (!notify) return [];
  return [
    ...['-event.pubsub-project-id', notify.projectId, '-event.pubsub-topic', notify.topic],
    ...['-event.bucket', notify.bucket ?? '', '-event.object-prefix', notify.prefix ?? ''],
    ...['-event.list', (notify.events ?? ['finalize']).join(',')],
  ];
}

async function answers(endpoint: string): Promise<boolean> {
  const signal = AbortSignal.timeout(5000);
  const answer = await fetch(`${endpoint}/_internal/healthcheck`, { signal }).catch(() => undefined);
  return answer?.ok ?? false;
}

async function makeBucket(endpoint: string, name: string): Promise<void> {
  const body = JSON.stringify({ name });
  const answer = await fetch(`${endpoint}/storage/v1/b`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`Expected a new bucket ${name} but received ${answer.status}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

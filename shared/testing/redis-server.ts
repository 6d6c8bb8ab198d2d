// For tests that want Redis: a real redis-server on a free port, with a password, keeping nothing on disk.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { quietPort } from './quiet-port.ts';
import { until } from './until.ts';

/** Why a test is skipped. */
export const noRedis = 'skipped: no redis-server; apt-get install redis-server, or set REDIS_SERVER';

export interface RedisServer {
  readonly url: string;
  /** As a program that hangs: it takes connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  /** On the same port, empty. */
  start(): Promise<void>;
}

const PASSWORD = 'hush-redis';

/** From REDIS_SERVER or the PATH. */
export function findRedis(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const places = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'redis-server'));
  return [env.REDIS_SERVER, ...places].find((path) => path && isExecutable(path));
}

/** @param program as `findRedis` finds it; ends with the test */
export async function startRedis(t: ExecutionContext, program: string): Promise<RedisServer> {
  const port = await quietPort();
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  const start = async (): Promise<void> => {
    const flags = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--requirepass', PASSWORD];
    child = spawn(program, ['--port', String(port), ...flags], { stdio: 'ignore' });
    await until('redis-server to listen', () => listens(port));
  };
  t.teardown(kill);
  await start();
  return {
    url: `redis://:${PASSWORD}@127.0.0.1:${port}`,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill,
    start,
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

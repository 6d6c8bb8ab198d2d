// A function under the real functions-framework, as a child process.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

const main = fileURLToPath(
  new URL('../../node_modules/@google-cloud/functions-framework/build/src/main.js', import.meta.url),
);

export interface FunctionOptions {
  readonly source: URL;
  /** Its name, or what the module exports. */
  readonly target: string;
  readonly env: Readonly<Record<string, string>>;
  /** A free one where it is left out. */
  readonly port?: number;
}

export interface LogLine {
  readonly severity: string;
  readonly message: string;
  readonly [key: string]: unknown;
}

export interface FunctionProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly url: string;
  /** All of standard output so far, a parsed line each. */
  readonly lines: readonly LogLine[];
  /** What came on standard error, which is not for us. */
  errors(): string;
  /** Resolves with the first line of this message that fits. @throws when the process ends without it */
  logged(message: string, fits?: (line: LogLine) => boolean): Promise<LogLine>;
  /** Resolves when the port answers. @throws when the process ends before */
  opened(): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** At once, if it still runs. */
  kill(): Promise<void>;
}

/** Resolves when the process has been started; its port opens later. */
export async function startFunction(options: FunctionOptions): Promise<FunctionProcess> {
  const { source, target, env, port = await quietPort() } = options;
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      FUNCTION_SOURCE: fileURLToPath(source),
      FUNCTION_TARGET: target,
      PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test process that dies must not leave it behind.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const lines: LogLine[] = [];
  const watchers = new Set<() => void>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop()!;
    lines.push(...parts.map((part) => JSON.parse(part)));
    for (const look of watchers) look();
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', kill);
      resolve({ code, signal });
    });
  });

  async function unlessEnded<Result>(what: string, awaited: Promise<Result>): Promise<Result> {
    const early = ended.then(({ code, signal }) => {
      throw new Error(`Expected ${what} of ${target} but it ended with ${code ?? signal}: ${errors}`);
    });
    return await Promise.race([awaited, early]);
  }

  return {
    child,
    port,
    url,
    lines,
    errors: () => errors,
    ended,
    logged(message, fits = () => true) {
      const { promise, resolve } = Promise.withResolvers<LogLine>();
      const look = (): void => {
        const found = lines.find((line) => line.message === message && fits(line));
        if (!found) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
      return unlessEnded(`'${message}'`, promise);
    },
    opened: () => unlessEnded('an open port', answers(url)),
    async kill() {
      kill();
      await ended;
    },
  };
}

/** Resolves when the port is open; the process ends with the test. @param source exports `handler` */
export async function serveFunction(
  t: ExecutionContext,
  source: URL,
  env: Readonly<Record<string, string>>,
): Promise<FunctionProcess> {
  const started = await startFunction({ source, target: 'handler', env });
  t.teardown(started.kill);
  await started.opened();
  return started;
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer) return;
    await wait(20);
  }
}

/**
 * A free port that stays free while nobody listens there: the system gives those from 32768 on to outgoing connections.
 * @returns one from 16384 to 32767
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = 16_384 + Math.floor(Math.random() * 16_384);
    const server = createServer();
    const free = once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.listen(port, '127.0.0.1');
    if (!(await free)) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

// A function under the real functions-framework, as a child process.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { quietPort } from './quiet-port.ts';
import { PATIENCE_MS, soon, until } from './until.ts';

const main = fileURLToPath(new URL('../../functions/start.ts', import.meta.url));

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
  /** Resolves with the first line of this message that fits. @throws when the process ends without it, or it does not come */
  logged(message: string, fits?: (line: LogLine) => boolean): Promise<LogLine>;
  /** Resolves when the port answers. @throws when the process ends before, or it does not come to that */
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
    const said = () => `${JSON.stringify(lines.slice(-10))} ${errors}`;
    return await soon(`${what} of ${target}`, Promise.race([awaited, early]), said);
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
    opened: () => unlessEnded('an open port', answers(url, ended)),
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

async function answers(url: string, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await until(`an answer of ${url}`, async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer !== undefined || isOver;
  });
}

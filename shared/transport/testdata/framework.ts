// A function under the real functions-framework, as a child process that ends with the test.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

const main = fileURLToPath(
  new URL('../../../node_modules/@google-cloud/functions-framework/build/src/main.js', import.meta.url),
);

export interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  /** All of standard output so far, a parsed line each. */
  readonly lines: readonly { readonly message: string; readonly [key: string]: unknown }[];
  /** Resolves when this message has been logged. */
  logged(message: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Resolves when the port is open. @param source of the function, which exports `handler` */
export async function serveFunction(
  t: ExecutionContext,
  source: URL,
  env: Readonly<Record<string, string>>,
): Promise<Served> {
  const port = await freePort();
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      FUNCTION_SOURCE: fileURLToPath(source),
      FUNCTION_TARGET: 'handler',
      PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: Served['lines'][number][] = [];
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
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const url = `http://127.0.0.1:${port}`;
  const early = ended.then(({ code }) => {
    throw new Error(`Expected a function but it ended with ${code}: ${errors}`);
  });
  await Promise.race([answers(url), early]);
  return {
    child,
    url,
    lines,
    ended,
    logged: (message) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!lines.some((line) => line.message === message)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

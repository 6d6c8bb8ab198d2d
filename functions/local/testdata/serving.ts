// `npm run serve` as a child process, watched by its log.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { briefNames } from '../../../shared/config/brief-names.ts';
import { configVariables } from '../../../shared/config/variables.ts';
import { quietPort } from '../../../shared/testing/quiet-port.ts';
import { PATIENCE_MS, soon } from '../../../shared/testing/until.ts';

const entry = fileURLToPath(new URL('../serve.ts', import.meta.url));
export const samples = fileURLToPath(new URL('../../../models/samples/', import.meta.url));

/** A line of the log. */
export interface Line {
  readonly severity: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Serving {
  /** Where it is to be reached. */
  readonly url: string;
  readonly parent: ChildProcess;
  readonly ended: Promise<Ended>;
  /** All that was written so far. */
  stdout(): string;
  stderr(): string;
  /** What of stdout is JSON. */
  lines(): Line[];
  /** The first line that fits, as soon as it is there; one that was there before counts too. */
  logged(fits: string | RegExp | ((line: Line) => boolean), skip?: number): Promise<Line>;
  /** Resolves when stdout holds such a text. */
  printed(text: RegExp): Promise<void>;
  /** Resolves when stderr holds the text. */
  said(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export interface ServeOptions {
  readonly data: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The part of ava's context that cleans up; of a test, or of a whole file. */
export interface Cleanup {
  teardown(work: () => unknown): void;
}

/** Starts it; it is ended with the test. */
export async function serve(t: Cleanup, { data, args = [], env = {} }: ServeOptions): Promise<Serving> {
  // Configured by the test alone, and with the models that ship.
  const plain = Object.entries(process.env).filter(
    ([name]) => !(name in configVariables || name in briefNames),
  );
  const port = await quietPort();
  const models = { MODELS_DIR: import.meta.dirname, DEVICE: 'cpu', THREADS: '2' };
  const settings = {
    ...Object.fromEntries(plain),
    ...models,
    PORT: String(port),
    LOG_FORMAT: 'json',
    ...env,
  };
  const parent = spawn(process.execPath, [entry, '--data', data, ...args], { env: settings });
  const stdout = collect(parent.stdout);
  const stderr = collect(parent.stderr);
  const lines = (): Line[] => stdout.text().split('\n').flatMap(parseLine);
  // A test process that dies must not leave it behind.
  const kill = () => void parent.kill('SIGKILL');
  process.once('exit', kill);
  let overdue: NodeJS.Timeout | undefined;
  let isOver = false;
  const ended = new Promise<Ended>((resolve) => {
    parent.once('close', (code, signal) => {
      isOver = true;
      clearTimeout(overdue);
      process.off('exit', kill);
      resolve({ code, signal });
    });
  });
  /** What was started last still holds what it inherited. */
  function killAll(): void {
    kill();
    const last = lines().findLast(({ message }) => message === 'Serving');
    const pid = Number(last?.pid ?? 0);
    if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  /** Whoever waits for its end waits no longer than this. */
  function signal(name: NodeJS.Signals): void {
    if (isOver) return;
    overdue ??= setTimeout(killAll, PATIENCE_MS);
    parent.kill(name);
  }
  t.teardown(async () => {
    // A process whose parent is gone ends by itself, and closes what it inherited.
    signal('SIGKILL');
    await ended;
  });
  /** What never comes ends its test, with all that came instead. */
  async function comes(what: string, stream: typeof stdout, isThere: () => boolean): Promise<void> {
    const said = (): string => stdout.text() + stderr.text();
    await soon(what, Promise.race([stream.until(isThere), ended]), said);
    if (!isThere()) throw new Error(`Expected ${what} but received ${said()}`);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    parent,
    ended,
    stdout: stdout.text,
    stderr: stderr.text,
    lines,
    async logged(fits, skip = 0) {
      const find = () => lines().filter((line) => isFit(line, fits))[skip];
      await comes(`a line ${fits}`, stdout, () => find() !== undefined);
      return find()!;
    },
    printed: (text) => comes(`${text} on stdout`, stdout, () => text.test(stdout.text())),
    said: (text) => comes(`${text} on stderr`, stderr, () => stderr.text().includes(text)),
    signal,
  };
}

function collect(stream: NodeJS.ReadableStream) {
  let text = '';
  const waiting = new Set<() => void>();
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    text += chunk;
    for (const look of [...waiting]) look();
  });
  return {
    text: () => text,
    until: (isThere: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isThere()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A line that is being written, or is for people, is none. */
function parseLine(text: string): Line[] {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return [];
  }
}

function isFit(line: Line, fits: Parameters<Serving['logged']>[0]): boolean {
  if (typeof fits === 'function') return fits(line);
  return typeof fits === 'string' ? line.message === fits : fits.test(line.message);
}

/** A data folder that goes away with the test. */
export async function dataFolder(t: Cleanup): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-serve-'));
  // A process that has just been ended may still be writing.
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  await mkdir(join(folder, 'uploads'));
  return folder;
}

/** Puts a file into the uploads, as a person does. */
export async function drop(data: string, name: string, file: Uint8Array): Promise<void> {
  await writeFile(join(data, 'uploads', name), file);
}

/** Is there such a process? */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What is cleaned up after all tests of a file. @param after ava's `test.after.always` */
export function wholeFile(after: (run: () => Promise<void>) => void): Cleanup {
  const works: (() => unknown)[] = [];
  after(async () => {
    for (const work of works.toReversed()) await work();
  });
  return { teardown: (work) => void works.push(work) };
}

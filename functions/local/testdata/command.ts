// The command line as a child process, and photos for it.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { briefNames } from '../../../shared/config/brief-names.ts';
import { configVariables } from '../../../shared/config/variables.ts';
import { encode } from '../../../shared/image/codec.ts';
import type { Picture } from '../../../shared/image/picture.ts';
import { commandLimit } from '../../../shared/testing/until.ts';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param meanwhile sees the process and all that it has printed to stdout so far, whenever there is more */
export async function runCommand(
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    meanwhile?(child: ChildProcess, stdout: string): void;
  } = {},
): Promise<Ended> {
  // Configured by the test alone.
  const plain = Object.entries(process.env).filter(
    ([name]) => !(name in configVariables || name in briefNames),
  );
  // And with the models that ship, whatever is baked on this machine.
  const env = { ...Object.fromEntries(plain), MODELS_DIR: import.meta.dirname, ...options.env };
  const child = spawn(process.execPath, [cli, ...args], { env, ...commandLimit });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    options.meanwhile?.(child, stdout);
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** An empty folder that goes away with the test. */
export async function newFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-cli-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** A PNG of a red disc before a pale wall: something that any model finds. */
export async function writePhoto(path: string, width: number, height: number): Promise<void> {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = Math.hypot(x / width - 0.5, y / height - 0.5) < 0.3;
      data.set(inside ? [200, 40, 30] : [225, 230, 235], (y * width + x) * 3);
    }
  }
  const picture: Picture = { width, height, channels: 3, data };
  await writeFile(path, await encode(picture, { format: 'png' }));
}

/** Every file below a folder, hidden ones too. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

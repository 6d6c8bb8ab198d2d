// The evaluation as a child process, and photos with known mattes for it.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { encode } from '../../../shared/image/codec.ts';
import type { Picture, Plane } from '../../../shared/image/picture.ts';
import { commandLimit } from '../../../shared/testing/until.ts';
import type { Row } from '../results.ts';
import type { Summary } from '../summary.ts';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** With the models that ship, whatever is baked on this machine. @param meanwhile sees all that was printed so far */
export async function runEvalCommand(
  args: readonly string[],
  meanwhile?: (child: ChildProcess, stdout: string) => void,
): Promise<Ended> {
  const env = { ...process.env, DEVICE: 'cpu', THREADS: '2', MODELS_DIR: import.meta.dirname };
  const child = spawn(process.execPath, [cli, ...args], { env, ...commandLimit });
  let [stdout, stderr] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    meanwhile?.(child, stdout);
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export async function readRows(folder: string): Promise<Row[]> {
  const text = await readFile(`${folder}/results.jsonl`, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export async function readSummary(folder: string): Promise<Summary> {
  return JSON.parse(await readFile(`${folder}/summary.json`, 'utf8'));
}

export async function writePng(path: string, picture: Picture | Plane): Promise<void> {
  await writeFile(path, await encode(picture, { format: 'png' }));
}

// A command of the repository as a child process, with the environment of the test alone.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { briefNames } from '../../../shared/config/brief-names.ts';
import { configVariables } from '../../../shared/config/variables.ts';
import { commandLimit } from '../../../shared/testing/until.ts';

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param script beside this folder */
export async function runTool(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const plain = Object.entries(process.env).filter(
    ([name]) => !(name in configVariables || name in briefNames || name === 'CUTLINE_KEY'),
  );
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...Object.fromEntries(plain), ...env },
    ...commandLimit,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
}

// The Python that the bake runs in: an environment of its own under .cache/, made once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = fileURLToPath(new URL('../../.cache/bake-env', import.meta.url));
const OLDEST = '3.11';

/** The second is of packages that ask for dozens more, of which the bake uses nothing. */
const requirements = [
  { file: 'requirements-bake.txt', options: [] },
  { file: 'requirements-no-deps.txt', options: ['--no-deps'] },
] as const;

/** Told to a person as it is. */
export class SetupError extends Error {}

/** The machine's own Python, for what needs no packages: BAKE_PYTHON, else python3. @throws SetupError */
export function findPython(named: string | undefined): string {
  const python = named || 'python3';
  const check = `import sys; sys.exit(sys.version_info < (${OLDEST.replace('.', ', ')}))`;
  const { status } = spawnSync(python, ['-c', check], { stdio: 'ignore' });
  if (status === 0) return python;
  throw new SetupError(`Expected Python ${OLDEST} or newer as '${python}', with its venv module.`);
}

/**
 * The Python that has the packages: BAKE_PYTHON as it is, else an environment that is made where it is not there yet
 * or its requirements have changed. pip's lines go to stderr. @throws SetupError
 */
export function prepareEnvironment(named: string | undefined): string {
  const python = findPython(named);
  if (named) return python;
  const own = join(folder, 'bin', 'python');
  const stamp = join(folder, 'complete');
  const wanted = fingerprint();
  if (read(stamp) === wanted) return own;
  console.error(`Setting up ${folder}: on x86 Linux 6 GB and a few minutes, once.`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  must(python, ['-m', 'venv', folder]);
  for (const { file, options } of requirements) {
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', ...options];
    must(own, [...pip, '-r', join(here, file)]);
  }
  writeFileSync(stamp, wanted);
  return own;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of ['requirements.txt', ...requirements.map(({ file }) => file)])
    hash.update(readFileSync(join(here, file)));
  return hash.digest('hex');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function must(command: string, args: readonly string[]): void {
  const { status, signal } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  const how = signal ? `was ended by ${signal}` : `failed with ${status}`;
  throw new SetupError(
    `Setting up the environment stopped: '${command} ${args.slice(0, 3).join(' ')}' ${how}.`,
  );
}

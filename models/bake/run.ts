// `npm run bake`: finds or makes a Python with what the bake needs, and hands the arguments on to bake.py.
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findPython, prepareEnvironment, SetupError } from './environment.ts';

const script = fileURLToPath(new URL('bake.py', import.meta.url));
const args = process.argv.slice(2);

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const named = process.env.BAKE_PYTHON || undefined;
  if (args[0] === '--install') {
    console.log(prepareEnvironment(named));
    return 0;
  }
  const answersAtOnce = args.length === 0 || args.some((arg) => ['--help', '-h', '--dry-run'].includes(arg));
  if (answersAtOnce) return await bake(findPython(named), args);
  // A wrong name or option is found before gigabytes are installed.
  const rehearsal = spawnSync(findPython(named), [script, '--dry-run', ...args], { encoding: 'utf8' });
  if (rehearsal.status !== 0) {
    process.stderr.write(rehearsal.stderr);
    return rehearsal.status ?? 1;
  }
  return await bake(prepareEnvironment(named), args);
}

/** The exit code, 128 + n where a signal ended it. */
async function bake(python: string, args: readonly string[]): Promise<number> {
  const child = spawn(python, [script, ...args], { stdio: 'inherit' });
  passOn(child);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
}

/** The child clears up and this process waits for it. A second signal does not disturb it. */
function passOn(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
}

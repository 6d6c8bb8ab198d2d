// Runs before `npm start` and `npm test`: installs what the lock file names when that has not been done yet, so
// that either is the only command a fresh clone needs. Plain JavaScript, because the system's Node, which runs
// this before Node 24 is there, may be too old for TypeScript.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function modified(path) {
  return statSync(`${root}${path}`, { throwIfNoEntry: false })?.mtimeMs;
}

// npm writes this file at the end of an installation.
const installed = modified('node_modules/.package-lock.json');

if (installed === undefined || installed < modified('package-lock.json')) {
  console.error('Installing dependencies (once)…');
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm ? [process.execPath, npm, 'ci'] : ['npm', 'ci'];
  // Results go to stdout, so nothing else may.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}

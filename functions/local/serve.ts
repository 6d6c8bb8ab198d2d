// Entry of `npm run serve`: the small parent of the process that serves.
import { fileURLToPath } from 'node:url';
import { parseServeArguments, serveHelp } from './serve-arguments.ts';
import { supervise } from './supervise.ts';

const { help, problem, env } = parseServeArguments(process.argv.slice(2));
if (help || problem !== undefined) {
  process[problem === undefined ? 'stdout' : 'stderr'].write(`${problem ?? serveHelp()}\n`);
  process.exit(problem === undefined ? 0 : 2);
}
const supervised = supervise({
  command: process.execPath,
  args: [fileURLToPath(new URL('./serve-process.ts', import.meta.url))],
  // One arena of glibc's: those of the model's threads keep memory that nobody uses any more.
  env: { MALLOC_ARENA_MAX: '1', ...process.env, ...env },
  say: (line) => process.stderr.write(`${line}\n`),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => supervised.signal(signal));
process.exitCode = await supervised.ended;

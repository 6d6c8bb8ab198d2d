// Entry of the command line: the command, in a process whose threads share one arena of memory.
// glibc gives each thread one of its own, and those of the model's threads keep memory that nobody uses any more: 12
// megapixels doubled hold a third less with one. It is read when a process starts, so the process starts once more.
import { argv, env, execArgv, execPath, platform } from 'node:process';

if (platform === 'linux' && env.MALLOC_ARENA_MAX === undefined && process.channel === undefined)
  process.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, MALLOC_ARENA_MAX: '1' });
await import('./command.ts');

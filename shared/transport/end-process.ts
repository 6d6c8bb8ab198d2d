// The very end of a process that may have a thread inside a model's run.
import { existsSync } from 'node:fs';

/** Of a process that has to be started again (EX_SOFTWARE of sysexits.h): a model that hangs, memory over its limit. */
export const EXIT_RESTART = 70;

const SHELL = '/bin/sh';

/**
 * Ends at once with this code, whatever the threads do. `process.exit` waits for a thread inside a run, for ever if that
 * is stuck, and then aborts; to become another program that exits waits for nobody.
 */
export function endProcess(code: number): never {
  if (typeof process.execve === 'function' && existsSync(SHELL))
    process.execve(SHELL, ['sh', '-c', `exit ${code}`], {});
  // Nobody can see the code then, but whoever restarts us does.
  process.kill(process.pid, 'SIGKILL');
  throw new Error('Expected to have ended');
}

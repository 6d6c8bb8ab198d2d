import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { commandLimit } from '../../shared/testing/until.ts';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
/** Says with what the process, and the one it becomes, were started. */
const TELL = "--import=data:text/javascript,console.error('arenas',process.env.MALLOC_ARENA_MAX)";

async function arenasOf(env: Record<string, string>): Promise<{ stdout: string; arenas: string[] }> {
  const { MALLOC_ARENA_MAX: _, ...rest } = process.env;
  const { stdout, stderr } = await run(process.execPath, [cli, '--version'], {
    env: { ...rest, NODE_OPTIONS: TELL, ...env },
    ...commandLimit,
  });
  const arenas = [...stderr.matchAll(/^arenas (\S+)$/gm)].map(([, count]) => count!);
  return { stdout, arenas };
}

const linux = process.platform === 'linux' ? test : test.skip;

linux('The command line works in a process with one arena, and hands its arguments on to it', async (t) => {
  const { stdout, arenas } = await arenasOf({});
  t.deepEqual(arenas, ['undefined', '1']);
  t.regex(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('How many arenas there are is left to whoever says it', async (t) => {
  const { arenas } = await arenasOf({ MALLOC_ARENA_MAX: '3' });
  t.deepEqual(arenas, ['3']);
});

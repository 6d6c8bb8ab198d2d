import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { commandLimit } from '../testing/until.ts';

const program = fileURLToPath(new URL('./testdata/ends-in-a-run.ts', import.meta.url));

for (const code of [0, 70]) {
  test(`a process with a thread inside a run ends with code ${code}`, async (t) => {
    const child = spawn(process.execPath, [program, String(code)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...commandLimit,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    t.deepEqual(await once(child, 'exit'), [code, null]);
    t.is(said, '');
  });
}

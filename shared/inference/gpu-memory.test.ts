import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { readGpuMemory } from './gpu-memory.ts';

/** A program that stands in for nvidia-smi and prints what it is told. */
async function fakeSmi(t: ExecutionContext, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-smi-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'nvidia-smi');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const answers = [
  { name: 'free and total', script: 'echo "20123, 23034"', memory: { freeMb: 20123, totalMb: 23034 } },
  {
    name: 'the first of two GPUs',
    script: 'printf "100, 200\\n300, 400\\n"',
    memory: { freeMb: 100, totalMb: 200 },
  },
  { name: 'no device', script: 'echo "No devices were found"', memory: null },
  { name: 'values that it does not know', script: 'echo "[N/A], [N/A]"', memory: null },
  { name: 'one number', script: 'echo 12', memory: null },
  { name: 'numbers and an error', script: 'echo "1, 2"; exit 9', memory: null },
  { name: 'nothing', script: 'true', memory: null },
  { name: 'a comma', script: 'echo ", "', memory: null },
];

for (const { name, script, memory } of answers) {
  test(`nvidia-smi that answers ${name} gives ${memory ? 'numbers' : 'null'}`, async (t) => {
    t.deepEqual(await readGpuMemory(await fakeSmi(t, script)), memory);
  });
}

test('nvidia-smi is asked for free and total memory in plain megabytes', async (t) => {
  const script = `
    [ "$1" = "--query-gpu=memory.free,memory.total" ] || exit 1
    [ "$2" = "--format=csv,noheader,nounits" ] || exit 1
    echo "1, 2"`;
  t.deepEqual(await readGpuMemory(await fakeSmi(t, script)), { freeMb: 1, totalMb: 2 });
});

test('Where there is no nvidia-smi the answer is null', async (t) => {
  t.is(await readGpuMemory('/nowhere/nvidia-smi'), null);
});

import { totalmem } from 'node:os';
import test from 'ava';
import type { Machine } from './device.ts';
import { observeMachine, parseDevice, tileBudget } from './device.ts';

const wishes = [
  { name: 'auto is cuda, then cpu, silently', text: 'auto', devices: ['cuda', 'cpu'], warns: false },
  { name: 'one name is strict', text: 'cuda', devices: ['cuda'], warns: true },
  { name: 'cpu alone', text: 'cpu', devices: ['cpu'], warns: true },
  { name: 'a list keeps its order', text: 'tensorrt,cuda', devices: ['tensorrt', 'cuda'], warns: true },
  { name: 'spaces around names are nothing', text: ' cuda , cpu ', devices: ['cuda', 'cpu'], warns: true },
] as const;

for (const { name, text, devices, warns } of wishes) {
  test(`A wish is read: ${name}`, (t) => {
    t.deepEqual(parseDevice(text), { devices, warnOnFallback: warns });
  });
}

for (const text of ['', 'gpu', 'CUDA', 'cuda,', 'cuda,,cpu', 'auto,cpu', 'cuda;cpu']) {
  test(`A wish is refused: '${text}'`, (t) => {
    t.is(parseDevice(text), undefined);
  });
}

const idle: Machine = { cores: 4, memoryUsed: 0.2, memoryFreeMb: 2000, gpuMemoryMb: null };

// Sizes by the brief's real-esrgan-api-optimizations.md, section 3.
const cpuRows: readonly (readonly [string, Partial<Machine>, number])[] = [
  ['1 core', { cores: 1 }, 512],
  ['7 cores', { cores: 7 }, 512],
  ['8 cores', { cores: 8 }, 640],
  ['15 cores', { cores: 15 }, 640],
  ['16 cores', { cores: 16 }, 768],
  ['64 cores', { cores: 64 }, 768],
  ['4 cores and memory just at 80 %', { memoryUsed: 0.8 }, 512],
  ['4 cores and memory over 80 %', { memoryUsed: 0.81 }, 256],
  ['16 cores and memory over 80 %', { cores: 16, memoryUsed: 0.95 }, 256],
  ['4 cores beside a GPU nobody asked for', { gpuMemoryMb: 24_576 }, 512],
];

for (const [name, machine, maxSide] of cpuRows) {
  test(`On a CPU with ${name} a tile has at most ${maxSide} pixels a side`, (t) => {
    t.deepEqual(tileBudget('cpu', { ...idle, ...machine }), { maxSide, fixedShapes: false });
  });
}

const roomy = { memoryFreeMb: 10_240 };
const growthRows: readonly (readonly [string, Partial<Machine>, number | undefined])[] = [
  ['4 cores and 10 GiB free', roomy, 768],
  ['4 cores and just under 10 GiB free', { memoryFreeMb: 10_239 }, undefined],
  ['3 cores', { ...roomy, cores: 3 }, undefined],
  ['16 cores', { ...roomy, cores: 16 }, 768],
  ['much free, but short for so large a machine', { memoryFreeMb: 20_000, memoryUsed: 0.81 }, undefined],
];

for (const [name, machine, mostSide] of growthRows) {
  test(`On a CPU with ${name} a tile may grow to ${mostSide ?? 'no more'}`, (t) => {
    t.is(tileBudget('cpu', { ...idle, ...machine }).mostSide, mostSide);
  });
}

const gpuRows: readonly (readonly [string, number | null, number])[] = [
  ['24 GiB', 24 * 1024, 1024],
  ['16 GiB', 16 * 1024, 1024],
  ['just under 16 GiB', 16 * 1024 - 1, 768],
  ['8 GiB', 8 * 1024, 768],
  ['just under 8 GiB', 8 * 1024 - 1, 512],
  ['4 GiB', 4 * 1024, 512],
  ['memory that cannot be told', null, 512],
];

for (const device of ['cuda', 'tensorrt'] as const) {
  for (const [name, gpuMemoryMb, maxSide] of gpuRows) {
    test(`On ${device} with ${name} a tile has ${maxSide} pixels a side, of a warmed shape`, (t) => {
      t.deepEqual(tileBudget(device, { ...idle, ...roomy, memoryUsed: 0.95, gpuMemoryMb }), {
        maxSide,
        fixedShapes: true,
      });
    });
  }
}

test('The machine is observed as cores of at least one, a share of memory between 0 and 1, and what is left of it', (t) => {
  const machine = observeMachine(24_576);
  t.true(Number.isInteger(machine.cores) && machine.cores >= 1);
  t.true(machine.memoryUsed > 0 && machine.memoryUsed < 1);
  t.true(machine.memoryFreeMb > 0 && machine.memoryFreeMb * 2 ** 20 < totalmem());
  t.is(machine.gpuMemoryMb, 24_576);
});

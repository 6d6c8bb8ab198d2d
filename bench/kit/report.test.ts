import test from 'ava';
import { describe, figure, resultName, table } from './report.ts';

test('A table has numbers to the right, words to the left, and a dash where there is nothing', (t) => {
  const text = table([
    { look: 'bw', ms: 92.41 },
    { look: 'halftone', ms: 1204.2, 'of 12 MP': null },
  ]);
  t.is(text, 'look        ms  of 12 MP\nbw        92.4         –\nhalftone  1204         –');
});

const figures = [
  [1.0345, '1.03'],
  [0.1549, '0.155'],
  [12.345, '12.3'],
  [1234.5, '1235'],
  [3, '3'],
  [Number.NaN, '–'],
] as const;

for (const [value, text] of figures) {
  test(`${value} is written as ${text}`, (t) => {
    t.is(figure(value), text);
  });
}

test('Results of a GPU do not overwrite those of the CPU', (t) => {
  t.is(resultName({ name: 'tiles', device: 'cpu' }), 'tiles');
  t.is(resultName({ name: 'tiles', device: 'cuda' }), 'tiles-cuda');
});

test('A goal that was missed is said as plainly as one that was reached', (t) => {
  const machine = {
    cpu: 'a CPU',
    cores: 4,
    memory_gb: 16,
    gpu_memory_mb: null,
    system: 'linux',
    node: 'v24',
    onnxruntime: '1.26.0',
    load: 0.5,
    date: '2026-11-21T08:00',
  };
  const goals = [
    { what: 'ratio', goal: '≤ 1.05', measured: '1.2', met: false },
    { what: 'L4', goal: '≤ 70 ms', measured: 'needs an L4', met: null },
  ];
  const text = describe({ name: 'x', title: 'X', device: 'cpu', rows: [{ a: 1 }], goals, machine });
  t.regex(text, /a CPU, 4 cores, 16 GB, cpu; load 0\.5/);
  t.regex(text, /ratio +≤ 1\.05 +1\.2 +NO/);
  t.regex(text, /L4 .*not here/);
});

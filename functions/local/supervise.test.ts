import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { until } from '../../shared/testing/until.ts';
import { supervise } from './supervise.ts';

/** A process that writes its turn into a file, then does what it is told to in that turn. */
const program = `
const { appendFileSync, readFileSync } = require('node:fs');
appendFileSync(process.env.FILE, 'x');
const turn = readFileSync(process.env.FILE).length;
const plan = process.env.PLAN.split(' ');
const act = plan[turn - 1] ?? plan.at(-1);
if (act === 'wait') {
  process.on('SIGTERM', () => process.exit(Number(process.env.LAST)));
  setInterval(() => {}, 1000);
  appendFileSync(process.env.FILE + '.listens', 'x');
} else if (act.startsWith('SIG')) process.kill(process.pid, act);
else process.exit(Number(act));
`;

const plans = [
  { plan: '70 70 0', code: 0, turns: 3, restarts: 2 },
  { plan: 'SIGKILL 0', code: 0, turns: 2, restarts: 1 },
  { plan: '2', code: 2, turns: 1, restarts: 0 },
  { plan: '70 1', code: 1, turns: 2, restarts: 1 },
];

for (const { plan, code, turns, restarts } of plans) {
  test(`a process that ends by ${plan.split(' ').join(', then ')}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'supervise-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const file = join(folder, 'turns');
    const said: string[] = [];
    const { ended } = supervise({
      command: process.execPath,
      args: ['-e', program],
      env: { ...process.env, FILE: file, PLAN: plan },
      say: (line) => said.push(line),
    });
    t.is(await ended, code);
    t.is((await readFile(file)).length, turns);
    t.is(said.length, restarts);
  });
}

const lasts = [
  { last: 0, code: 0 },
  { last: 70, code: 0 },
  { last: 143, code: 143 },
];

for (const { last, code } of lasts) {
  test(`a signal is passed on, and after an end by ${last} nothing is started`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'supervise-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const file = join(folder, 'turns');
    const supervised = supervise({
      command: process.execPath,
      args: ['-e', program],
      env: { ...process.env, FILE: file, PLAN: 'wait', LAST: String(last) },
      say: (line) => t.fail(line),
    });
    await until('it to listen', () => existsSync(`${file}.listens`));
    supervised.signal('SIGTERM');
    t.is(await supervised.ended, code);
    t.is((await readFile(file)).length, 1);
  });
}

test('a signal between two starts ends the waiting', async (t) => {
  const supervised = supervise({
    command: process.execPath,
    args: ['-e', 'process.exit(70)'],
    env: process.env,
    say: () => supervised.signal('SIGTERM'),
  });
  t.is(await supervised.ended, 0);
});

test('a command that is not there is an error', async (t) => {
  const { ended } = supervise({
    command: '/nowhere/node',
    args: [],
    env: {},
    say: (line) => t.regex(line, /ENOENT/),
  });
  t.is(await ended, 1);
});

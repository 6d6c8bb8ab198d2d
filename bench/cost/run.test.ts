// The command itself.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { commandLimit } from '../../shared/testing/until.ts';

const execute = promisify(execFile);
const entry = fileURLToPath(new URL('./run.ts', import.meta.url));
const cost = (...args: string[]) =>
  execute(process.execPath, [entry, ...args], commandLimit).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

test('--json is one document, with bills of all three topologies beside the others’ prices, and the same each time', async (t) => {
  const args = ['--times', '3,0.7,2', '--chart', 'none', '--json'];
  const { code, stdout, stderr } = await cost(...args);
  t.is(code, 0, stderr);
  const document = JSON.parse(stdout);
  t.deepEqual(Object.keys(document.bills), ['split', 'fused', 'always-on']);
  t.true(document.bills.split.dollars_per_1000_photos > document.bills.fused.dollars_per_1000_photos);
  t.is(document.peers.Photoroom.dollars_per_1000_photos, 20);
  t.deepEqual(document.stage_seconds, { upscale: 3, segment: 0.7, effects: 2 });
  t.is((await cost(...args)).stdout, stdout);
});

test('A table on the terminal and a chart in a file, with every price’s source', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-cost-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const chart = join(folder, 'made', 'cost.svg');
  const { stdout } = await cost('--times', 'brief', '--topology', 'fused', '--chart', chart);
  t.regex(stdout, /^fused, line by line:$/m);
  t.regex(stdout, /^remove\.bg \(cut-out alone, price unverified\) /m);
  t.regex(stdout, /second hand +https:\/\/cloud\.google\.com\/run\/pricing/);
  const svg = await readFile(chart, 'utf8');
  t.is((svg.match(/<polyline/g) ?? []).length, 5);
});

test('Wrong usage is said on standard error and ends with 2', async (t) => {
  const { code, stdout, stderr } = await cost('--topology', 'both');
  t.is(code, 2);
  t.is(stdout, '');
  t.is(stderr, "Expected one of split, fused, always-on for --topology but received 'both'.\n");
});

test('--help says what it is for', async (t) => {
  const { code, stdout } = await cost('--help');
  t.is(code, 0);
  t.regex(stdout, /^What Cutline costs/);
});

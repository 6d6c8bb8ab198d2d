// The command as a child process.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { commandLimit } from '../shared/testing/until.ts';

const command = fileURLToPath(new URL('list.ts', import.meta.url));

/** With the models that ship alone, unless the test says otherwise. */
function run(...args: string[]) {
  const env = { ...process.env, MODELS_DIR: import.meta.dirname };
  return spawnSync(process.execPath, [command, ...args], { env, encoding: 'utf8', ...commandLimit });
}

test('It lists the models that a caller can choose, those that ship and those to bake', (t) => {
  const { status, stdout, stderr } = run();
  t.is(status, 0, stderr);
  for (const row of [
    /^birefnet-general +segment +MIT +973 MB +not baked +general, product$/m,
    /^builtin\/upscale +upscale +.* ships \(preview\) /m,
  ])
    t.regex(stdout, row);
  t.notRegex(stdout, /^halve /m);
});

test('With --json it prints one line for each', (t) => {
  const lines = run('--json')
    .stdout.trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.true(lines.length >= 18);
  t.like(
    lines.find(({ id }) => id === 'u2netp'),
    { stage: 'segment', state: 'not baked', licence: 'Apache-2.0', bytes: 4_574_861 },
  );
});

test('verify reads all that ship, helpers too, and ends with 0', (t) => {
  const { status, stdout, stderr } = run('verify');
  t.is(status, 0, stderr);
  t.regex(stdout, /^ok {7}builtin\/segment {2}segment\.onnx /m);
  t.regex(stdout, /^ok {7}halve /m);
  t.notRegex(stdout, /damaged/);
});

test('A damaged model ends both with 1, and is named', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cutline-list-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  copyFileSync(new URL('builtin/segment.json', import.meta.url), join(folder, 'u2netp.json'));
  writeFileSync(join(folder, 'u2netp.onnx'), '');
  const listed = run('--models', folder);
  t.is(listed.status, 1);
  t.regex(listed.stdout, /^u2netp .* damaged$/m);
  t.regex(listed.stdout, /^u2netp: id: expected 'u2netp' /m);
  const verified = run('verify', '--models', folder, '--json');
  t.is(verified.status, 1);
  const verdicts = verified.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.deepEqual(
    verdicts.filter(({ ok }) => !ok).map(({ id }) => id),
    ['u2netp'],
  );
});

test('Who reads its first line alone gets no complaint', (t) => {
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', '"$0" "$1" verify | head -n 1', process.execPath, command],
    {
      env: { ...process.env, MODELS_DIR: import.meta.dirname },
      encoding: 'utf8',
      ...commandLimit,
    },
  );
  t.deepEqual([stdout.trim().split('\n').length, stderr], [1, '']);
});

test('--help says how it is used', (t) => {
  const { status, stdout } = run('--help');
  t.is(status, 0);
  for (const word of ['verify', '--models DIR', '--json', 'npm run bake'])
    t.true(stdout.includes(word), word);
});

const usages: readonly (readonly [args: string[], says: RegExp])[] = [
  [['check'], /^Expected verify or nothing but received 'check'\. See --help\.\n$/],
  [['verify', 'u2netp'], /received 'u2netp'/],
  [['--jsn'], /^Unknown option '--jsn'\. See --help\.\n$/],
  [['--models', 'nowhere'], /^CONFIG_INVALID: .*expected a folder of baked models but received 'nowhere'\n$/],
];

for (const [args, says] of usages) {
  test(`Exit 2 and a sentence for ${args.join(' ')}`, (t) => {
    const { status, stdout, stderr } = run(...args);
    t.deepEqual([status, stdout], [2, '']);
    t.regex(stderr, says);
  });
}

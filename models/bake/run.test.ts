// The command's answers that need no environment: help, wrong usage, what would be done.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { commandLimit } from '../../shared/testing/until.ts';
import { findPython } from './environment.ts';

const command = fileURLToPath(new URL('run.ts', import.meta.url));
const python = process.env.BAKE_PYTHON;
const withPython = hasPython() ? test : test.skip;
if (withPython === test.skip) console.log('Skipped: there is no Python 3.11 or newer.');

function hasPython(): boolean {
  try {
    return findPython(python) !== '';
  } catch {
    return false;
  }
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    env: { ...process.env, PHOTOS_DIR: '', ...env },
    ...commandLimit,
  });
}

withPython('Help says what it does, and where the names are', (t) => {
  const { status, stdout } = run(['--help']);
  t.is(status, 0);
  for (const word of ['npm run models', '--denoise', '--trust-on-first-use', 'CUTLINE_MODEL_MIRROR', '6 GB'])
    t.true(stdout.includes(word), word);
});

const wrong: readonly (readonly [args: string, says: RegExp])[] = [
  ['', /the following arguments are required: ID/],
  ['protrait', /received 'protrait' \(did you mean 'portrait'\?\)\.$/],
  ['builtin/segment', /received 'builtin\/segment'/],
  [
    'general --denoise 0.5',
    /Expected a model with a denoise twin for --denoise but received 'birefnet-general'/,
  ],
  ['realesr-general-x4v3 --denoise 0.4', /argument --denoise: invalid choice/],
  ['general --precision fp8', /argument --precision: invalid choice/],
  ['general --weights nowhere.onnx', /Expected a file for --weights but received 'nowhere\.onnx'/],
  ['general portrait --weights package.json', /Expected one model with --weights but received 2/],
  [
    'realesr-general-x4v3 --denoise 0.5 --weights package.json',
    /Expected --weights 2 times .* received it 1 times/,
  ],
  ['general --precision int8 --photos nowhere', /Expected a folder for --photos but received 'nowhere'/],
  [
    'general --manifest nowhere.json',
    /Expected a list of models like models\/manifest\.json in 'nowhere\.json'/,
  ],
];

for (const [args, says] of wrong) {
  withPython(`Exit 2 and a sentence, before anything is installed or fetched: ${args || 'no model'}`, (t) => {
    const { status, stdout, stderr } = run(args.split(' ').filter(Boolean));
    t.deepEqual([status, stdout], [2, '']);
    t.regex(stderr.trim(), says);
    t.false(stderr.includes('Traceback'));
  });
}

withPython('Without a Python it says which is wanted', (t) => {
  const { status, stderr } = run(['general'], { BAKE_PYTHON: 'no-such-python' });
  t.is(status, 1);
  t.is(stderr, "Expected Python 3.11 or newer as 'no-such-python', with its venv module.\n");
});

withPython('A rehearsal names the row of the strength, its licence and its files', (t) => {
  const { status, stdout } = run(['realesr-general-x4v3', '--denoise', '0.5', '--dry-run', '--out', 'here']);
  t.is(status, 0);
  const lines = stdout.trim().split('\n');
  t.is(lines[0], 'realesr-general-x4v3-denoise-0.5 (fp32, BSD-3-Clause) into here');
  t.deepEqual(
    lines.slice(1).map((line) => line.split('/').at(-1)),
    ['realesr-general-x4v3.pth', 'realesr-general-wdn-x4v3.pth'],
  );
});

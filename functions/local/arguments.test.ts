import test from 'ava';
import type { Arguments } from './arguments.ts';
import { flags, helpText, parseArguments, UsageError } from './arguments.ts';

function parsed(...args: string[]): Arguments {
  const command = parseArguments(args);
  if (command.kind !== 'run') throw new Error(`Expected a run but received ${command.kind}`);
  return command.arguments;
}

test('Nothing given means the samples, into out, as PNG, with the job’s own defaults', (t) => {
  t.deepEqual(parsed(), {
    inputs: [],
    out: 'out',
    models: undefined,
    format: 'png',
    json: false,
    quiet: false,
    job: { scale: 2, print: false, smoothing: true, refine: true },
    effects: ['enhanced-bw', 'color'],
  });
});

const understood: readonly { args: string[]; changes: Partial<Arguments> }[] = [
  { args: ['a.jpg', 'photos'], changes: { inputs: ['a.jpg', 'photos'] } },
  { args: ['--', '--odd-name.jpg'], changes: { inputs: ['--odd-name.jpg'] } },
  { args: ['--out', 'results'], changes: { out: 'results' } },
  { args: ['--models=/baked'], changes: { models: '/baked' } },
  { args: ['--format', 'webp'], changes: { format: 'webp' } },
  { args: ['--json'], changes: { json: true } },
  { args: ['--quiet'], changes: { quiet: true } },
  { args: ['--effects', 'all'], changes: { effects: undefined } },
  { args: ['--effects', 'none'], changes: { effects: [] } },
  { args: ['--effects', 'color'], changes: { effects: ['color'] } },
  { args: ['--effects', 'color, enhanced-bw,,color'], changes: { effects: ['color', 'enhanced-bw'] } },
];

for (const { args, changes } of understood) {
  test(`The command understands ${args.join(' ')}`, (t) => {
    t.deepEqual(parsed(...args), { ...parsed(), ...changes });
  });
}

const jobs: readonly { args: string[]; changes: Partial<Arguments['job']> }[] = [
  { args: ['--scale', '1'], changes: { scale: 1 } },
  { args: ['--scale=4'], changes: { scale: 4 } },
  { args: ['--model', 'birefnet'], changes: { model: 'birefnet' } },
  { args: ['--upscaler', 'realesrgan-x2'], changes: { upscaler: 'realesrgan-x2' } },
  { args: ['--print'], changes: { print: true } },
  { args: ['--no-smoothing'], changes: { smoothing: false } },
  { args: ['--no-refine'], changes: { refine: false } },
  { args: ['--max-dimension', '1024'], changes: { max_dimension: 1024 } },
];

for (const { args, changes } of jobs) {
  test(`The job takes ${args.join(' ')}`, (t) => {
    t.deepEqual(parsed(...args).job, { ...parsed().job, ...changes });
  });
}

test('Help and version are commands of their own, whatever stands beside them', (t) => {
  t.deepEqual(parseArguments(['--help', 'a.jpg']), { kind: 'help' });
  t.deepEqual(parseArguments(['--version']), { kind: 'version' });
  t.deepEqual(parseArguments(['--version', '--help']), { kind: 'help' });
});

const values: readonly (readonly [flag: string, received: string, expected: string])[] = [
  ['scale', '3', '1|2|4'],
  ['scale', 'two', '1|2|4'],
  ['scale', '', '1|2|4'],
  ['scale', '-1', '1|2|4'],
  ['format', 'jpeg', 'png|webp'],
  ['format', '', 'png|webp'],
  ['max-dimension', '63', 'N'],
  ['max-dimension', '100.5', 'N'],
  ['max-dimension', 'large', 'N'],
  ['max-dimension', '', 'N'],
];

for (const [flag, received, expected] of values) {
  test(`It is wrong usage: --${flag} '${received}'`, (t) => {
    const error = t.throws(() => parseArguments([`--${flag}=${received}`]), { instanceOf: UsageError });
    t.true(error?.message.startsWith(`Expected ${expected}`), error?.message);
    t.true(error?.message.endsWith(` for --${flag} but received '${received}'.`), error?.message);
  });
}

const usages: readonly { args: string[]; names: string }[] = [
  { args: ['--unknown'], names: '--unknown' },
  { args: ['--scale'], names: '--scale' },
  { args: ['--out'], names: '--out' },
  { args: ['--quiet=yes'], names: '--quiet' },
  { args: ['--smoothing'], names: '--smoothing' },
  { args: ['-x'], names: '-x' },
];

for (const { args, names } of usages) {
  test(`It is wrong usage: ${args.join(' ')}`, (t) => {
    const error = t.throws(() => parseArguments(args), { instanceOf: UsageError });
    t.true(error?.message.includes(names), error?.message);
    t.regex(error?.message ?? '', /Expected options as in --help\.$/);
    t.false(error?.message.includes('\n'));
  });
}

test('A word among effects that only stands alone is taken as a name', (t) => {
  t.deepEqual(parsed('--effects', 'all,color').effects, ['all', 'color']);
  t.deepEqual(parsed('--effects', 'color,none').effects, ['color', 'none']);
});

test('Each of the command’s flags is in the help, with its value and what it does, and in no second line', (t) => {
  const help = helpText(['color', 'sepia']);
  for (const { flag, value, help: meaning } of flags) {
    const line = help.split('\n').filter((text) => text.startsWith(`  --${flag} `));
    t.is(line.length, 1, flag);
    t.true(line[0]?.includes(meaning), flag);
    if (value) t.true(line[0]?.startsWith(`  --${flag} ${value} `), flag);
  }
  t.regex(help, /effects: color, sepia/);
  t.regex(help, /Exit: 0 .* 1 .* 2 .* 130/);
});

test('The flags are those of the issue', (t) => {
  const expected =
    'scale effects model upscaler print no-smoothing no-refine max-dimension out models format json quiet help version';
  t.deepEqual(flags.map(({ flag }) => flag).sort(), expected.split(' ').sort());
});

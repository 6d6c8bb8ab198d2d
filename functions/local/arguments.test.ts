import test from 'ava';
import { lookNames } from '../effects/looks.ts';
import type { Arguments } from './arguments.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { flags, helpText, meaningOf, usageOf } from './flags.ts';

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
    json: false,
    quiet: false,
    job: {
      scale: 2,
      effects: ['enhanced-bw', 'color'],
      effect_options: {},
      print: false,
      smoothing: true,
      refine: true,
    },
    finish: {
      format: 'png',
      match_colors: false,
      crop: false,
      margin: '5%',
      shadow: false,
      channels: 'rgba',
    },
  });
});

const understood: readonly { args: string[]; changes: Partial<Arguments> }[] = [
  { args: ['a.jpg', 'photos'], changes: { inputs: ['a.jpg', 'photos'] } },
  { args: ['--', '--odd-name.jpg'], changes: { inputs: ['--odd-name.jpg'] } },
  { args: ['--out', 'results'], changes: { out: 'results' } },
  { args: ['--models=/baked'], changes: { models: '/baked' } },
  { args: ['--json'], changes: { json: true } },
  { args: ['--quiet'], changes: { quiet: true } },
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
  { args: ['--denoise', '0.5'], changes: { denoise: 0.5 } },
  { args: ['--denoise=0'], changes: { denoise: 0 } },
  { args: ['--print'], changes: { print: true } },
  { args: ['--no-smoothing'], changes: { smoothing: false } },
  { args: ['--no-refine'], changes: { refine: false } },
  { args: ['--max-dimension', '1024'], changes: { max_dimension: 1024 } },
  { args: ['--effects', 'all'], changes: { effects: lookNames } },
  { args: ['--effects', 'none'], changes: { effects: [] } },
  { args: ['--effects', 'color'], changes: { effects: ['color'] } },
  { args: ['--effects', 'color, enhanced-bw,,color'], changes: { effects: ['color', 'enhanced-bw'] } },
  {
    args: ['--set', 'halftone.pitch=6,duotone.shadow=#402010, halftone.angle=0'],
    changes: { effect_options: { halftone: { pitch: 6, angle: 0 }, duotone: { shadow: '#402010' } } },
  },
];

const forms: readonly { args: string[]; changes: Partial<Arguments['finish']> }[] = [
  { args: ['--format', 'webp'], changes: { format: 'webp' } },
  { args: ['--background', '#ff0000'], changes: { background: '#ff0000' } },
  { args: ['--crop', '--margin', '40px'], changes: { crop: true, margin: '40px' } },
  { args: ['--shadow', '--match-colors'], changes: { shadow: true, match_colors: true } },
  { args: ['--channels', 'alpha'], changes: { channels: 'alpha' } },
  { args: ['--dpi', '300'], changes: { dpi: 300 } },
  { args: ['--size', '20x30cm'], changes: { size: '20x30cm' } },
];

for (const { args, changes } of forms) {
  test(`The delivery takes ${args.join(' ')}`, (t) => {
    t.deepEqual(parsed(...args).finish, { ...parsed().finish, ...changes });
  });
}

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
  ['format', 'tiff', 'png|webp|jpeg|zip'],
  ['format', '', 'png|webp|jpeg|zip'],
  ['margin', '5', '5%|40px'],
  ['dpi', '10', 'a whole number from 36 to 2400'],
  ['size', '20cm', '20x30cm'],
  ['channels', 'rgb', 'rgba|alpha'],
  ['effects', 'sepia', 'all, none or some of enhanced-bw, color'],
  ['denoise', '1.5', '0–1'],
  ['denoise', 'strong', '0–1'],
  ['denoise', '', '0–1'],
  ['max-dimension', '63', 'a whole number from 64'],
  ['max-dimension', '100.5', 'a whole number from 64'],
  ['max-dimension', 'large', 'a whole number from 64'],
  ['max-dimension', '', 'a whole number from 64'],
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

test('Of several looks the one that is none is named', (t) => {
  const given = ['all,color', 'color,sepia'].map(
    (looks) => t.throws(() => parseArguments(['--effects', looks])).message,
  );
  t.true(given[0]!.endsWith("received 'all'."), given[0]);
  t.true(given[1]!.endsWith("received 'sepia'."), given[1]);
});

const settings: readonly (readonly [setting: string, expected: string, received: string])[] = [
  ['halftone.pitch=3', 'halftone.pitch in 4–24 pixels', '3'],
  ['halftone.pitch=wide', 'halftone.pitch in 4–24 pixels', 'wide'],
  ['duotone.shadow=navy', 'duotone.shadow in colour', 'navy'],
  ['color.pitch=3', 'LOOK.PARAMETER=VALUE of color.vibrance', 'color.pitch=3'],
  ['constructor.name=3', 'LOOK.PARAMETER=VALUE of enhanced-bw', 'constructor.name=3'],
  ['color.constructor=3', 'LOOK.PARAMETER=VALUE of color.vibrance', 'color.constructor=3'],
  ['halftone', 'LOOK.PARAMETER=VALUE', 'halftone'],
];

for (const [setting, expected, received] of settings) {
  test(`It is wrong usage: --set ${setting}`, (t) => {
    const error = t.throws(() => parseArguments(['--set', setting]), { instanceOf: UsageError });
    t.true(error?.message.startsWith(`Expected ${expected}`), error?.message);
    t.true(error?.message.endsWith(` for --set but received '${received}'.`), error?.message);
  });
}

test('Each of the command’s flags is in the help, with its value and what it does, and in no second line', (t) => {
  const help = helpText(['meadow', 'studio']);
  for (const flag of flags) {
    const line = help.split('\n').filter((text) => text.startsWith(`  --${flag.flag} `));
    t.is(line.length, 1, flag.flag);
    t.true(line[0]?.includes(meaningOf(flag)), flag.flag);
    t.true(line[0]?.startsWith(`  ${usageOf(flag)} `), flag.flag);
  }
  t.regex(help, /templates: meadow, studio/);
  for (const look of lookNames) t.true(help.includes(`\n  ${look} `), look);
  t.regex(help, /npm run models .*npm run bake -- ID/);
  t.regex(help, /Exit: 0 .* 1 .* 2 .* 130/);
});

test('The flags are those of the issues', (t) => {
  const expected =
    'scale effects set model upscaler denoise print no-smoothing no-refine max-dimension format background match-colors crop margin shadow channels dpi size out models json quiet help version';
  t.deepEqual(flags.map(({ flag }) => flag).sort(), expected.split(' ').sort());
});

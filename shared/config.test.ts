import test from 'ava';
import { configVariables, parseConfig } from './config.ts';
import { CutlineError } from './errors.ts';
import { defaultLimits } from './image/limits.ts';

const defaults = parseConfig({});

test('With nothing set everything has its default', (t) => {
  t.deepEqual(defaults, {
    device: { devices: ['cuda', 'cpu'], warnOnFallback: false },
    threads: undefined,
    runLimitMs: 300_000,
    queueLimit: 64,
    limits: defaultLimits,
  });
});

test('An empty or blank variable is one that is not set', (t) => {
  const names = Object.keys(configVariables);
  t.deepEqual(parseConfig(Object.fromEntries(names.map((name) => [name, '']))), defaults);
  t.deepEqual(parseConfig(Object.fromEntries(names.map((name) => [name, ' \t']))), defaults);
});

test('The documented defaults are the defaults', (t) => {
  const documented = Object.entries(configVariables)
    .filter(([name]) => name !== 'THREADS')
    .map(([name, { default: value }]) => [name, value]);
  const { limits, ...rest } = parseConfig(Object.fromEntries(documented));
  // 48.77 is 8064×6048 rounded up to what a person can read.
  t.true(Math.abs(limits.maxOutputPixels - defaultLimits.maxOutputPixels) < 10_000);
  t.deepEqual(
    { ...rest, limits: { ...limits, maxOutputPixels: defaultLimits.maxOutputPixels } },
    { ...defaults },
  );
});

test('Every variable is read', (t) => {
  const config = parseConfig({
    DEVICE: 'tensorrt,cuda',
    THREADS: '3',
    RUN_TIMEOUT_SEC: '1.5',
    RUN_QUEUE: '7',
    MAX_IMAGE_SIZE_MB: '0.5',
    MAX_MEGAPIXELS: '12.5',
    MAX_LONG_SIDE: '4000',
    MAX_SHORT_SIDE: '3000',
    MIN_SIDE: '32',
    MAX_DECOMPRESSION_RATIO: '99.5',
    MAX_OUTPUT_MEGAPIXELS: '24',
    SOMETHING_ELSE: 'is not ours',
  });
  t.deepEqual(config, {
    device: { devices: ['tensorrt', 'cuda'], warnOnFallback: true },
    threads: 3,
    runLimitMs: 1500,
    queueLimit: 7,
    limits: {
      maxFileBytes: 512 * 1024,
      maxDecompressionRatio: 99.5,
      ratioCountsAbovePixels: 4_000_000,
      maxLongSide: 4000,
      maxShortSide: 3000,
      maxPixels: 12_500_000,
      minSide: 32,
      maxOutputPixels: 24_000_000,
    },
  });
});

const wrong: readonly (readonly [keyof typeof configVariables, string])[] = [
  ['DEVICE', 'gpu'],
  ['DEVICE', 'auto,cpu'],
  ['THREADS', '0'],
  ['THREADS', '1.5'],
  ['THREADS', '-2'],
  ['RUN_TIMEOUT_SEC', '0'],
  ['RUN_TIMEOUT_SEC', 'soon'],
  ['RUN_TIMEOUT_SEC', 'Infinity'],
  // Under a millisecond, and more than a timer of Node can hold: either would end every run at once.
  ['RUN_TIMEOUT_SEC', '0.0001'],
  ['RUN_TIMEOUT_SEC', '2147484'],
  ['RUN_QUEUE', '0'],
  ['RUN_QUEUE', 'many'],
  ['MAX_IMAGE_SIZE_MB', '-1'],
  ['MAX_IMAGE_SIZE_MB', '10MB'],
  ['MAX_IMAGE_SIZE_MB', '0.0000001'],
  ['MAX_MEGAPIXELS', '0'],
  ['MAX_LONG_SIDE', '63'],
  ['MAX_SHORT_SIDE', '63'],
  ['MIN_SIDE', '0'],
  ['MAX_DECOMPRESSION_RATIO', 'NaN'],
  ['MAX_OUTPUT_MEGAPIXELS', '0'],
];

for (const [name, value] of wrong) {
  test(`${name}='${value}' is CONFIG_INVALID, saying what was expected and what was received`, (t) => {
    const error = t.throws(() => parseConfig({ [name]: value }), { instanceOf: CutlineError });
    t.is(error?.code, 'CONFIG_INVALID');
    t.deepEqual(error?.fields.problems, [
      `${name}: expected ${configVariables[name].expects} but received '${value}'`,
    ]);
  });
}

test('All problems are reported at once', (t) => {
  const names = Object.keys(configVariables);
  const error = t.throws(() => parseConfig(Object.fromEntries(names.map((name) => [name, 'x']))), {
    instanceOf: CutlineError,
  });
  t.is(error?.code, 'CONFIG_INVALID');
  const problems = error?.fields.problems as readonly string[];
  t.deepEqual(problems.map((problem) => problem.split(':')[0]).sort(), [...names].sort());
  for (const problem of problems) t.true(error?.detail.includes(problem));
});

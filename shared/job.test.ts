import test from 'ava';
import { jobOptionsSchema } from './job.ts';

test('A job that asks for nothing is enlarged twice, smoothed, refined, and gets two looks', (t) => {
  t.deepEqual(jobOptionsSchema.parse({}), {
    scale: 2,
    effect_options: {},
    effects: ['enhanced-bw', 'color'],
    print: false,
    smoothing: true,
    refine: true,
  });
});

test('Every option is taken as it is given', (t) => {
  const job = {
    scale: 4,
    effect_options: { halftone: { pitch: 6 } },
    effects: ['color'],
    model: 'birefnet',
    upscaler: 'realesrgan-x2',
    denoise: 0.25,
    print: true,
    smoothing: false,
    refine: false,
    max_dimension: 64,
  };
  t.deepEqual(jobOptionsSchema.parse(job), job);
});

const wrong: readonly { name: string; job: Record<string, unknown>; path: string }[] = [
  { name: 'a scale between', job: { scale: 3 }, path: 'scale' },
  { name: 'a scale in words', job: { scale: '2' }, path: 'scale' },
  { name: 'effects that are no list', job: { effects: 'color' }, path: 'effects' },
  { name: 'a model that is no name', job: { model: 7 }, path: 'model' },
  { name: 'an upscaler that is no name', job: { upscaler: null }, path: 'upscaler' },
  { name: 'denoising in words', job: { denoise: '0.5' }, path: 'denoise' },
  { name: 'denoising above the whole', job: { denoise: 1.01 }, path: 'denoise' },
  { name: 'denoising below nothing', job: { denoise: -0.1 }, path: 'denoise' },
  { name: 'print that is neither yes nor no', job: { print: 'yes' }, path: 'print' },
  { name: 'smoothing that is neither yes nor no', job: { smoothing: 1 }, path: 'smoothing' },
  { name: 'refine that is neither yes nor no', job: { refine: 'off' }, path: 'refine' },
  { name: 'a side below the smallest photo', job: { max_dimension: 63 }, path: 'max_dimension' },
  { name: 'half a pixel', job: { max_dimension: 100.5 }, path: 'max_dimension' },
  { name: 'an option that does not exist', job: { sacle: 2 }, path: '' },
];

for (const { name, job, path } of wrong) {
  test(`A job is refused for ${name}`, (t) => {
    const { error } = jobOptionsSchema.safeParse(job);
    t.deepEqual(
      error?.issues.map((issue) => issue.path.join('.')),
      [path],
    );
  });
}

test('Every option says how it is written on the command line, each flag once', (t) => {
  const flags = Object.values(jobOptionsSchema.shape).map((schema) => schema.meta()?.cli);
  t.true(flags.every((cli) => cli !== undefined && cli.help !== ''));
  t.is(new Set(flags.map((cli) => cli?.flag)).size, flags.length);
});

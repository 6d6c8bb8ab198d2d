import test from 'ava';
import { lookNames } from '../functions/effects/looks.ts';
import { CutlineError } from './errors.ts';
import { jobOptionsSchema } from './job.ts';
import {
  ENCODED_REFERENCE,
  metadataKey,
  parseJobText,
  parseMetadata,
  parseWishes,
  referenceIn,
} from './job-text.ts';

const defaults = jobOptionsSchema.parse({});

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof CutlineError && error.code === 'OPTIONS_INVALID')
      return error.fields.problems as readonly string[];
    throw error;
  }
  throw new Error('Expected OPTIONS_INVALID but received options');
}

test('Nothing said is a job of defaults', (t) => {
  t.deepEqual(parseJobText({}), defaults);
  t.deepEqual(parseMetadata({}), { options: defaults, reference: null });
});

const written: readonly (readonly [field: string, text: string, value: unknown])[] = [
  ['scale', '1', 1],
  ['scale', '4', 4],
  ['effects', 'none', []],
  ['effects', 'all', lookNames],
  ['effects', '', []],
  ['effects', 'color, sketch,color', ['color', 'sketch']],
  [
    'effect_options',
    'halftone.pitch=6,duotone.shadow=#402010',
    { halftone: { pitch: 6 }, duotone: { shadow: '#402010' } },
  ],
  ['effect_options', 'color.contrast=.5,color.vibrance=0', { color: { contrast: 0.5, vibrance: 0 } }],
  ['model', 'birefnet-general', 'birefnet-general'],
  ['model', '2', '2'],
  ['upscaler', 'true', 'true'],
  ['denoise', '0.25', 0.25],
  ['print', 'true', true],
  ['smoothing', 'false', false],
  ['refine', 'false', false],
  ['refine', 'true', true],
  ['max_dimension', '1024', 1024],
];

for (const [field, text, value] of written) {
  test(`${field} can be written '${text}', and so in metadata`, (t) => {
    t.deepEqual(parseJobText({ [field]: text }), { ...defaults, [field]: value });
    t.deepEqual(parseMetadata({ [metadataKey(field)]: text }).options, { ...defaults, [field]: value });
  });
}

test('Every option has a text that it takes, so that none is left out of the metadata', (t) => {
  const fields = new Set(written.map(([field]) => field));
  t.deepEqual([...fields].sort(), Object.keys(jobOptionsSchema.shape).sort());
});

const looks = `all, none or some of ${lookNames.join(', ')}`;
const wrong: readonly (readonly [field: string, text: string, problem: string])[] = [
  ['scale', '3', "expected 1|2|4 but received '3'"],
  ['scale', ' 2', "expected 1|2|4 but received ' 2'"],
  ['scale', '0x2', "expected 1|2|4 but received '0x2'"],
  ['effects', 'sepia', `expected ${looks} but received 'sepia'`],
  ['effects', 'all,color', `expected ${looks} but received 'all'`],
  ['effects', 'constructor', `expected ${looks} but received 'constructor'`],
  ['effect_options', 'halftone.pitch=3', "expected halftone.pitch in 4–24 pixels but received '3'"],
  ['effect_options', 'duotone.shadow=navy', "expected duotone.shadow in colour but received 'navy'"],
  [
    'effect_options',
    'color.pitch=3',
    "expected LOOK.PARAMETER=VALUE of color.vibrance, color.contrast, color.sharpness but received 'color.pitch=3'",
  ],
  [
    'effect_options',
    'constructor.name=3',
    `expected LOOK.PARAMETER=VALUE of ${lookNames.join(', ')} but received 'constructor.name=3'`,
  ],
  ['effect_options', '', `expected LOOK.PARAMETER=VALUE of ${lookNames.join(', ')} but received ''`],
  ['denoise', '1.5', "expected 0–1 but received '1.5'"],
  ['print', 'yes', "expected true or false but received 'yes'"],
  ['smoothing', '0', "expected true or false but received '0'"],
  ['refine', '', "expected true or false but received ''"],
  ['max_dimension', '63', "expected a whole number from 64 but received '63'"],
  ['max_dimension', '100.5', "expected a whole number from 64 but received '100.5'"],
  ['max_dimension', '1e9', "expected a whole number from 64 but received '1e9'"],
  ['max_dimension', 'a\nb', "expected a whole number from 64 but received 'a b'"],
  ['scale', '9'.repeat(100), `expected 1|2|4 but received '${'9'.repeat(60)}…'`],
];

for (const [field, text, problem] of wrong) {
  test(`It is an error: ${field} '${text.slice(0, 20).trim()}'`, (t) => {
    t.deepEqual(
      problemsOf(() => parseJobText({ [field]: text })),
      [`${field}: ${problem}`],
    );
    const key = metadataKey(field);
    t.deepEqual(
      problemsOf(() => parseMetadata({ [key]: text })),
      [`${key}: ${problem}`],
    );
  });
}

test('Of an upload’s metadata all that is wrong is named at once, and what is not ours is left alone', (t) => {
  const problems = problemsOf(() =>
    parseMetadata({
      'cutline-scale': '3',
      'cutline-effects': 'sepia,color,neon',
      'cutline-effect-options': 'halftone.pitch=6,halftone.pitch=99',
      'cutline-sacle': '2',
      'cutline-effect_options': 'halftone.pitch=6',
      'cutline-print': 'true',
      'cutline-reference': 'x'.repeat(201),
      camera: 'cutline-scale',
    }),
  );
  const keys =
    'cutline-scale, cutline-effects, cutline-effect-options, cutline-model, cutline-upscaler, cutline-denoise, cutline-print, cutline-smoothing, cutline-refine, cutline-max-dimension, cutline-reference';
  t.deepEqual(problems, [
    "cutline-scale: expected 1|2|4 but received '3'",
    `cutline-effects: expected ${looks} but received 'sepia'`,
    `cutline-effects: expected ${looks} but received 'neon'`,
    "cutline-effect-options: expected halftone.pitch in 4–24 pixels but received '99'",
    `cutline-reference: expected at most 200 characters without control characters but received '${'x'.repeat(60)}…'`,
    `expected only ${keys} but received 'cutline-sacle', 'cutline-effect_options'`,
  ]);
});

test('A reference is any text of a line', (t) => {
  const reference = 'Bestellung 4711 – „Möhre“ 🐕';
  t.deepEqual(parseMetadata({ 'cutline-reference': reference }), { options: defaults, reference });
  t.is(parseMetadata({ 'cutline-reference': 'r'.repeat(200) }).reference?.length, 200);
  t.is(parseMetadata({ 'cutline-reference': '' }).reference, null);
  for (const bad of ['two\nlines', '\u0000', '\u0085', '\ud800'])
    t.is(problemsOf(() => parseMetadata({ 'cutline-reference': bad })).length, 1);
});

test('A reference is known even where the options are wrong, unless it is wrong itself', (t) => {
  t.is(referenceIn({ 'cutline-reference': 'order 1', 'cutline-scale': '9' }), 'order 1');
  t.is(referenceIn({ 'cutline-reference': 'order\n1' }), null);
  t.is(referenceIn({}), null);
});

test('A field that is none is an error, whatever its name', (t) => {
  for (const field of ['reference', 'constructor', 'Scale'])
    t.regex(problemsOf(() => parseJobText({ [field]: '1' }))[0]!, new RegExp(`received '${field}'$`));
});

test('A reference that no header carries is read in percent encoding', (t) => {
  const texts = { 'M%C3%B6hre%20%F0%9F%A5%95': 'Möhre 🥕', '50%': '50%', '%00': null, '': null };
  for (const [encoded, reference] of Object.entries(texts)) {
    const metadata = { [ENCODED_REFERENCE]: encoded };
    t.is(referenceIn(metadata), reference, encoded);
    if (encoded === '%00') t.regex(problemsOf(() => parseMetadata(metadata))[0]!, /^cutline-reference: /);
    else t.is(parseMetadata(metadata).reference, reference, encoded);
  }
});

test('Options and reference are read together by their plain names', (t) => {
  const wishes = { options: { ...defaults, scale: 4 as const }, reference: 'order 7' };
  t.deepEqual(parseWishes({ scale: '4', reference: 'order 7' }), wishes);
  t.regex(
    problemsOf(() => parseWishes({ scale: '3', 'cutline-scale': '4' })).join(),
    /^scale: .*'cutline-scale'/s,
  );
});

import test from 'ava';
import fc from 'fast-check';
import { CutlineError } from '../../shared/errors.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import { parseMetadata } from '../../shared/job-text.ts';
import { travelsAsHeader } from '../../shared/upload-urls.ts';
import { givenFields, readWishes } from './read-wishes.ts';

const defaults = jobOptionsSchema.parse({});

test('Nothing said is a job of defaults without metadata', (t) => {
  t.deepEqual(readWishes({}), { options: defaults, reference: null, metadata: {} });
  t.deepEqual(readWishes({ model: null, reference: undefined }).metadata, {});
});

test('Form fields and JSON say the same', (t) => {
  const form = readWishes({
    scale: '4',
    effects: 'color,halftone',
    'effect-options': 'halftone.pitch=6,halftone.angle=30,duotone.shadow=#402010',
    'max-dimension': '1024',
    refine: 'false',
    reference: 'order 7',
  });
  const json = readWishes({
    scale: 4,
    effects: ['color', 'halftone'],
    effect_options: { halftone: { pitch: 6, angle: 30 }, duotone: { shadow: '#402010' } },
    max_dimension: 1024,
    refine: false,
    reference: 'order 7',
  });
  t.deepEqual(form, json);
  t.deepEqual(form.metadata, {
    'cutline-scale': '4',
    'cutline-effects': 'color,halftone',
    'cutline-effect-options': 'halftone.pitch=6,halftone.angle=30,duotone.shadow=#402010',
    'cutline-max-dimension': '1024',
    'cutline-refine': 'false',
    'cutline-reference': 'order 7',
  });
  t.deepEqual(readWishes({ effects: [], effect_options: {} }).metadata, { 'cutline-effects': 'none' });
});

test('What goes with the photo is read as it was meant, and travels in headers', (t) => {
  const reference = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !/\p{Cc}/u.test(text));
  const given = fc.record(
    {
      scale: fc.constantFrom('1', '2', '4'),
      effects: fc.constantFrom('none', 'color', ' color,  halftone ', 'all'),
      model: fc.constantFrom('general', 'a b'),
      denoise: fc.constantFrom('0', '.5', 1),
      reference,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(given, (given) => {
      const { options, reference, metadata } = readWishes(given);
      t.deepEqual(parseMetadata(metadata), { options, reference });
      t.true(Object.values(metadata).every(travelsAsHeader));
    }),
  );
  t.deepEqual(readWishes({ reference: 'Möhre 🥕' }).metadata, {
    'cutline-reference-encoded': 'M%C3%B6hre%20%F0%9F%A5%95',
  });
});

const wrong: readonly (readonly [what: string, given: Record<string, unknown>, said: RegExp])[] = [
  ['two at once', { scale: '3', effects: 'sepia' }, /^scale: .*1\|2\|4.*, effects: .*'sepia'$/s],
  ['an unknown one', { scael: '2' }, /'scael'/],
  ['an unknown one with a hyphen', { 'max-size': '2' }, /'max-size'/],
  [
    'one in both spellings',
    { max_dimension: '100', 'max-dimension': '200' },
    /^max_dimension: expected one value/,
  ],
  ['a model that no header carries', { model: 'möbel' }, /^model: expected visible ASCII/],
  ['a reference of two lines', { reference: 'a\nb' }, /^reference: /],
  ['nested nonsense', { effect_options: { halftone: { pitch: { deep: 1 } } } }, /effect_options|halftone/],
  ['an object for a number', { scale: { a: null } }, /scale: /],
  [
    'metadata beyond measure',
    { effect_options: `${'halftone.pitch=6,'.repeat(400)}halftone.pitch=6` },
    /6000 bytes/,
  ],
];

for (const [what, given, said] of wrong) {
  test(`Options are refused by name: ${what}`, (t) => {
    const error = t.throws(() => readWishes(given), { instanceOf: CutlineError }) as CutlineError;
    t.is(error.code, 'OPTIONS_INVALID');
    t.regex((error.fields.problems as string[]).join(', '), said);
  });
}

test('Lines in an option are folded, so that no header can be smuggled in', (t) => {
  const { options, metadata } = readWishes({ model: ' a\r\nx-goog-acl:  public ' });
  t.is(options.model, 'a x-goog-acl: public');
  t.deepEqual(metadata, { 'cutline-model': 'a x-goog-acl: public' });
});

test('Whatever is given, it is read or refused', (t) => {
  const name = fc.oneof(fc.constantFrom(...givenFields, '__proto__', 'constructor'), fc.string());
  fc.assert(
    fc.property(fc.dictionary(name, fc.anything()), (given) => {
      try {
        const { metadata } = readWishes(given);
        t.true(Object.values(metadata).every(travelsAsHeader));
      } catch (error) {
        t.is((error as CutlineError).code, 'OPTIONS_INVALID');
      }
    }),
    { numRuns: 500 },
  );
});

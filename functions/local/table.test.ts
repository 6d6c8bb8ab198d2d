import test from 'ava';
import { largestPrints } from '../../shared/print-size.ts';
import type { PhotoReport } from './process-photo.ts';
import { closingLines, reportTable } from './table.ts';

const success: PhotoReport = {
  input: 'photos/dog.jpg',
  ok: true,
  width: 1600,
  height: 1200,
  subject: { left: 10, top: 20, width: 300, height: 400 },
  outputs: { upscaled: 'u', cutout: 'c', effects: {} },
  largest_prints: largestPrints({ width: 1600, height: 1200 }),
  models: { upscale: 'twice', segment: 'some-model', effects: [] },
  preview_models: false,
  full_models: null,
  device: 'cpu',
  notes: [],
  timings_ms: { decode: 5, upscale: 1234, segment: 100, refine: 20, effects: 0, encode: 450, total: 1809 },
};

const failure: PhotoReport = {
  ...success,
  input: 'photos/cat.jpg',
  ok: false,
  width: null,
  height: null,
  subject: null,
  timings_ms: { total: 3 },
  error: { code: 'NO_SUBJECT', message: 'No subject was found in the image' },
};

test('A photo that worked has a row with size, subject box, model and seconds by stage', (t) => {
  const [head, rule, row] = reportTable([success]).split('\n');
  t.deepEqual(head?.split(/ {2,}/), [
    ...['photo', 'size', 'subject', 'cm at 300 / 150 dpi', 'model'],
    ...['decode', 'upscale', 'segment', 'refine', 'effects', 'encode', 'total'],
  ]);
  t.regex(rule ?? '', /^[─ ]+$/);
  t.deepEqual(row?.split(/ {2,}/), [
    ...['photos/dog.jpg', '1600×1200', '300×400+10+20', '13×10 / 27×20', 'some-model'],
    ...['0.01s', '1.23s', '0.10s', '0.02s', '0.00s', '0.45s', '1.81s'],
  ]);
});

test('A photo that failed has a row with its error, and does not widen the columns of the others', (t) => {
  const alone = reportTable([success]).split('\n');
  const both = reportTable([success, failure]).split('\n');
  t.is(both[2], alone[2]);
  t.regex(both[3] ?? '', /^photos\/cat\.jpg +NO_SUBJECT: No subject was found in the image$/);
});

test('Columns stand under their headings, numbers flush right', (t) => {
  const [head, , ...rows] = reportTable([
    success,
    { ...success, input: 'a-longer-name-of-a-photo.jpg' },
  ]).split('\n');
  const column = head!.indexOf('size');
  for (const row of rows) {
    t.is(row.indexOf('1600×1200'), column);
    t.is(row.length, head!.length);
  }
});

test('Of a long path the end is shown', (t) => {
  const input = `${'folder/'.repeat(20)}dog.jpg`;
  const row = reportTable([{ ...success, input }]).split('\n')[2];
  t.regex(row ?? '', /^…\S+folder\/dog\.jpg /);
  t.is(row?.split(' ')[0]?.length, 32);
});

test('The last lines count the photos and say where the results are', (t) => {
  t.deepEqual(closingLines([success, failure], 'out', 'out/contact-sheet.png'), [
    '',
    '1 of 2 photos done, in out; look at out/contact-sheet.png',
  ]);
});

test('The last lines repeat the notes, and say when models are previews', (t) => {
  const preview = { ...success, preview_models: true, full_models: 'npm run bake -- large' };
  const both = { ...preview, notes: ['a', 'b'], full_models: 'npm run bake -- large sharp' };
  t.deepEqual(closingLines([preview, both, success], 'out', undefined), [
    '',
    'photos/dog.jpg: a',
    'photos/dog.jpg: b',
    'Made with small preview models. The full ones: npm run bake -- large sharp',
    '3 of 3 photos done, in out',
  ]);
});

test('The last lines say whether the pixels suffice for the size that was asked for', (t) => {
  const print_check = { size: '20x30cm', dpi: 135, verdict: 'too few pixels' } as const;
  const lines = closingLines([{ ...success, print_check }], 'out', undefined);
  t.true(lines.includes('photos/dog.jpg: 20x30cm prints at 135 dpi: too few pixels'));
});

import test from 'ava';
import fc from 'fast-check';
import sharp from 'sharp';
import type { RealStages } from '../../../shared/testing/brief-rig.ts';
import { openRealStages, serveBrief } from '../../../shared/testing/brief-rig.ts';
import { givenFields } from '../read-wishes.ts';

let real: RealStages;
test.before(async (t) => {
  t.timeout(120_000);
  real = await openRealStages();
});
test.after.always(() => real?.stages.close());

const paths = [
  '/api/background-removal/remove',
  '/api/background-removal/remove-async',
  '/remove-background',
  '/api/v2/process',
  '/api/v2/process-with-effects',
  '/api/v1/upscale',
];
const own = ['return_base64', 'output_format', 'return_all', 'face_enhance'];
const key = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...givenFields, ...own) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
);
const values = [
  'true',
  'false',
  '',
  '0',
  '1',
  '2',
  '4',
  '-1',
  '1e9',
  '0.5',
  'none',
  'all',
  'color',
  'png',
  'jpg',
];
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...values, 'zip', 'tiff', '64', '__proto__', 'halftone.pitch=6') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
);
const question = fc.record({
  path: fc.constantFrom(...paths),
  fields: fc.array(fc.tuple(key, text), { maxLength: 3 }),
  file: fc.constantFrom('image', 'image', 'image', 'file', 'picture'),
  filename: fc.string({ unit: 'binary', maxLength: 20 }),
  /** Where a byte of the photo is another, if any is. */
  flip: fc.option(fc.nat(600), { nil: undefined, freq: 3 }),
});

test('Whatever a form says, the answer is the picture or says what is wrong with the form', async (t) => {
  t.timeout(180_000);
  const { base, log } = await serveBrief(t, real);
  const photo = await sharp({ create: { width: 96, height: 80, channels: 3, background: 'tan' } })
    .composite([{ input: { create: { width: 40, height: 50, channels: 3, background: 'navy' } } }])
    .jpeg()
    .toBuffer();
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(question, async ({ path, fields, file, filename, flip }) => {
      const bytes = new Uint8Array(photo);
      if (flip !== undefined) bytes[flip % bytes.length]! ^= 0x55;
      const form = new FormData();
      for (const [name, value] of fields) form.append(name, value);
      form.append(file, new Blob([bytes]), filename || 'x');
      const answer = await fetch(base + path, { method: 'POST', body: form });
      const body = new Uint8Array(await answer.arrayBuffer());
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      const said = JSON.stringify([path, fields, file, filename, flip, answer.status]);
      if (![200, 202, 400, 422].includes(answer.status)) throw new Error(said);
      if (answer.status < 300) return;
      const document = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
      const isOurs = typeof document.error_code === 'string' && typeof document.detail === 'string';
      // What was sent may be said again; what is inside may not.
      if (!isOurs || /at \w+.*:\d+:\d+|node_modules|gs:\/\//.test(String(document.detail)))
        throw new Error(said);
    }),
    { numRuns: 250 },
  );
  t.true((seen.get(200) ?? 0) > 10 && (seen.get(400) ?? 0) > 10, JSON.stringify([...seen]));
  t.deepEqual(
    log.lines.filter(({ level }) => level === 'error'),
    [],
  );
});

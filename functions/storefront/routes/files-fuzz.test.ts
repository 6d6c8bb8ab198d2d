import test from 'ava';
import fc from 'fast-check';
import { finishOptionsSchema } from '../../../shared/finish-options.ts';
import { job, serveFiles } from '../../../shared/testing/files-server.ts';

const names = [
  'cutout',
  'color',
  'upscaled',
  'cutout.webp',
  'cutout.zip',
  'color.jpg',
  'nothing',
  '..',
  'a.b.c',
];
const values = [
  'true',
  'false',
  '',
  '300',
  '-1',
  '1e9',
  '5%',
  '0.5%',
  '3px',
  '999999px',
  'webp',
  'zip',
  'alpha',
  'rgba',
];
const more = [
  '20x30cm',
  '0x0mm',
  'f00',
  '#00ff00',
  'garden',
  `upload:${job}`,
  `upload:${'f'.repeat(32)}`,
  '__proto__',
];

const text = fc.oneof(fc.constantFrom(...values, ...more), fc.string({ unit: 'binary', maxLength: 30 }));
const key = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...Object.keys(finishOptionsSchema.shape), 'token') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
);
const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }) },
);

test('Whatever is asked of a file, the answer is the file or says what is wrong with the question', async (t) => {
  const { ask, log } = await serveFiles(t);
  const seen = new Map<number, number>();
  const question = fc.record({
    name,
    query: fc.array(fc.tuple(key, text), { maxLength: 4 }),
    etag: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(question, async ({ name, query, etag }) => {
      const wellFormed = query.map(([key, value]): [string, string] => [key, value.toWellFormed()]);
      const asked = new URLSearchParams(wellFormed);
      const path = `${job}/files/${encodeURIComponent(name.toWellFormed())}?${asked}`;
      const answer = await ask(path, etag ? { headers: { 'If-None-Match': '"x", W/"' } } : {});
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      const body = await answer.arrayBuffer();
      if (answer.status === 200) return body.byteLength === Number(answer.headers.get('content-length'));
      const { error_code } = JSON.parse(new TextDecoder().decode(body)) as { error_code?: string };
      return [400, 404].includes(answer.status) && error_code !== undefined;
    }),
    { numRuns: 300 },
  );
  t.true(seen.get(200)! > 20 && seen.get(400)! > 20 && seen.get(404)! > 5, JSON.stringify([...seen]));
  t.deepEqual(
    log.lines.filter(({ level }) => level === 'error'),
    [],
  );
});

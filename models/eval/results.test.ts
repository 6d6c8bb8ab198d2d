import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { newFolder } from '../../functions/local/testdata/command.ts';
import type { Row } from './results.ts';
import { openResults } from './results.ts';

const row = (key: string, more: Partial<Row> = {}): Row => ({
  key,
  kind: 'cut',
  photo: `${key}.jpg`,
  model: 'm',
  model_sha256: '',
  scale: 1,
  figures: { iou: 0.5 },
  ...more,
});
const wanted = new Set(['a', 'b', 'c']);

test('What was added is there when the folder is opened again, and only what is wanted is held', async (t) => {
  const folder = await newFolder(t);
  const first = await openResults(folder, wanted);
  for (const key of ['a', 'b', 'stale']) await first.add(row(key));
  const second = await openResults(folder, wanted);
  t.deepEqual([...second.rows.keys()], ['a', 'b']);
  t.deepEqual(second.rows.get('a'), row('a'));
  t.deepEqual([second.has('a'), second.has('c'), second.has('stale')], [true, false, false]);
});

test('A line that was cut off is taken away before the next one is written', async (t) => {
  const folder = await newFolder(t);
  await (await openResults(folder, wanted)).add(row('a'));
  const path = join(folder, 'results.jsonl');
  const whole = await readFile(path, 'utf8');
  await appendFile(path, '{"key":"b","figu');
  const results = await openResults(folder, wanted);
  t.deepEqual([...results.rows.keys()], ['a']);
  await results.add(row('b'));
  t.is(await readFile(path, 'utf8'), `${whole}${JSON.stringify(row('b'))}\n`);
});

test('Lines that are none of ours are passed over', async (t) => {
  const folder = await newFolder(t);
  await writeFile(join(folder, 'results.jsonl'), `nonsense\n[]\n7\nnull\n${JSON.stringify(row('a'))}\n`);
  t.deepEqual([...(await openResults(folder, wanted)).rows.keys()], ['a']);
});

test('The newest row of a key counts', async (t) => {
  const folder = await newFolder(t);
  const results = await openResults(folder, wanted);
  await results.add(row('a'));
  await results.add(row('a', { figures: { iou: 0.75 } }));
  t.is((await openResults(folder, wanted)).rows.get('a')!.figures.iou, 0.75);
});

const errors: readonly (readonly [code: string, done: boolean])[] = [
  ['IMAGE_CORRUPT', true],
  ['NO_SUBJECT', true],
  ['REFERENCE_MISMATCH', true],
  ['INFERENCE_ERROR', false],
  ['GPU_MEMORY_EXHAUSTED', false],
];

for (const [code, done] of errors) {
  test(`A photo that ended with ${code} is ${done ? 'done' : 'tried again'}`, async (t) => {
    const results = await openResults(await newFolder(t), wanted);
    await results.add(row('a', { error: { code, message: '' } }));
    t.is(results.has('a'), done);
  });
}

import test from 'ava';
import type { InventoryLine } from './inventory.ts';
import { inventoryTable, sizeText, verdictLine } from './inventory-table.ts';

const absent: InventoryLine = {
  id: 'u2netp',
  aliases: ['small', 'quick'],
  stage: 'segment',
  state: 'not baked',
  licence: 'Apache-2.0',
  bytes: null,
  precision: null,
  agreement: null,
};

const baked: InventoryLine = {
  ...absent,
  id: 'realesrgan-x2plus',
  aliases: [],
  stage: 'upscale',
  state: 'baked',
  bytes: 33_512_345,
  precision: 'fp16',
  agreement: { psnr_db: 62.149, max_difference: 2 },
};

const cells = (line: string | undefined): string[] => (line ?? '').trim().split(/ {2,}/);

test('A model has a row: what it is, whether it is here, and how near it is to its source', (t) => {
  const [head, rule, first, second, ...rest] = inventoryTable([absent, baked]).split('\n');
  t.deepEqual(cells(head), [
    'id',
    'stage',
    'licence',
    'size',
    'state',
    'precision',
    'agreement',
    'other names',
  ]);
  t.regex(rule ?? '', /^[─ ]+$/);
  t.deepEqual(cells(first), ['u2netp', 'segment', 'Apache-2.0', 'unknown', 'not baked', 'small, quick']);
  const agreement = '62.1 dB, 2 levels at most';
  t.deepEqual(cells(second), [
    'realesrgan-x2plus',
    'upscale',
    'Apache-2.0',
    '34 MB',
    'baked',
    'fp16',
    agreement,
  ]);
  t.deepEqual(rest, []);
  t.is(first?.indexOf('small'), head?.indexOf('other names'));
  const endOf = (line: string, word: string): number => line.indexOf(word) + word.length;
  t.is(endOf(second!, '34 MB'), endOf(first!, 'unknown'));
});

test('A preview is called one', (t) => {
  const preview: InventoryLine = { ...baked, state: 'ships', preview: true };
  t.regex(inventoryTable([preview]), / ships \(preview\) /);
});

test('What is wrong stands below the table, for each that is damaged', (t) => {
  const damaged: InventoryLine = { ...absent, state: 'damaged', problem: 'bytes: expected 1' };
  const lines = inventoryTable([damaged, baked]).split('\n');
  t.is(cells(lines[2])[4], 'damaged');
  t.deepEqual(lines.slice(4), ['', 'u2netp: bytes: expected 1']);
});

test('A segmentation net’s agreement is that of the masks', (t) => {
  const line = { ...baked, agreement: { iou: 0.99876, max_difference: 12 } };
  t.true(inventoryTable([line]).includes('  IoU 0.9988, 12 levels at most'));
  const near = { ...baked, agreement: { iou: 1, max_difference: 1 } };
  t.true(inventoryTable([near]).includes('  IoU 1.0000, 1 level at most'));
});

const sizes: readonly (readonly [number | null, string])[] = [
  [null, 'unknown'],
  [1, '1 kB'],
  [3044, '3 kB'],
  [99_499, '99 kB'],
  [924_829, '0.9 MB'],
  [4_574_861, '4.6 MB'],
  [972_666_916, '973 MB'],
];

for (const [bytes, text] of sizes) test(`${bytes} bytes are ${text}`, (t) => t.is(sizeText(bytes), text));

test('A verdict names the model, its files and their size, and what is wrong', (t) => {
  const verdict = { id: 'a', files: ['/x/a.onnx', '/x/a.data'], bytes: 5000, ok: true };
  t.is(verdictLine(verdict), 'ok       a  a.onnx, a.data  5 kB');
  const wrong = { id: 'b', files: [], bytes: 0, ok: false, problem: 'graph: expected' };
  t.is(verdictLine(wrong), 'damaged  b  no graph  1 kB  graph: expected');
});

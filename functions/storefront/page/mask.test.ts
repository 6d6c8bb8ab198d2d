import test from 'ava';
import { createMask } from './mask.ts';

const rows = (data: Uint8Array, width: number): number[][] =>
  Array.from({ length: data.length / width }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);

test('Keep makes the subject of what it touches, erase makes background, neither touches more', (t) => {
  const mask = createMask(5, 3, new Uint8Array(15));
  mask.begin();
  mask.draw(2, 1, 2, 1, { keep: true, radius: 1.2 });
  mask.end();
  t.deepEqual(rows(mask.data, 5), [
    [0, 0, 142, 0, 0],
    [0, 142, 255, 142, 0],
    [0, 0, 142, 0, 0],
  ]);
  mask.begin();
  mask.draw(2, 1, 2, 1, { keep: false, radius: 0.9 });
  mask.end();
  t.deepEqual(rows(mask.data, 5)[1], [0, 142, 0, 142, 0]);
});

test('A stroke is a line without gaps', (t) => {
  const mask = createMask(20, 1, new Uint8Array(20));
  mask.draw(2, 0, 17, 0, { keep: true, radius: 1 });
  t.deepEqual([...mask.data.subarray(1, 19)], [0, ...Array(16).fill(255), 0]);
});

test('Strokes are taken back one by one, each whole, until the mask is as it came', (t) => {
  const base = Uint8Array.from({ length: 64 }, (_, at) => (at * 37) % 256);
  const mask = createMask(8, 8, base);
  const stroke = (y: number): void => {
    mask.begin();
    mask.draw(0, y, 4, y, { keep: true, radius: 2 });
    mask.draw(4, y, 7, y, { keep: true, radius: 2 });
    mask.end();
  };
  stroke(1);
  const first = mask.data.slice();
  stroke(2);
  t.is(mask.strokes, 2);
  mask.undo();
  t.deepEqual(mask.data, first);
  mask.undo();
  t.deepEqual(mask.data, base);
  t.is(mask.undo(), undefined);
  t.is(mask.strokes, 0);
});

test('What is drawn beside the picture changes nothing and is no stroke', (t) => {
  const mask = createMask(4, 4, new Uint8Array(16));
  mask.begin();
  t.is(mask.draw(-20, -20, -9, -9, { keep: true, radius: 3 }), undefined);
  mask.end();
  t.is(mask.strokes, 0);
  t.deepEqual(mask.draw(0, 0, 0, 0, { keep: true, radius: 1.5 }), { left: 0, top: 0, width: 3, height: 3 });
});

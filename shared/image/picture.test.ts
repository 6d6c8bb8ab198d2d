import test from 'ava';
import { noisy, planeOf } from '../testing/pictures.ts';
import type { Box } from './picture.ts';
import {
  alphaPlane,
  cut,
  emptyPlane,
  paste,
  release,
  releasePicture,
  rowsOf,
  unite,
  withAlpha,
} from './picture.ts';

/** 0 1 2 3 / 10 11 12 13 / 20 21 22 23 */
const counted = planeOf(4, 3, 1, (x, y) => y * 10 + x);

test('an empty plane is all zeros and as large as asked', (t) => {
  const plane = emptyPlane(3, 2, 3);
  t.deepEqual([...plane.data], Array(18).fill(0));
  t.deepEqual([plane.width, plane.height, plane.channels], [3, 2, 3]);
});

const cuts: [string, Box, number[]][] = [
  ['the whole', { left: 0, top: 0, width: 4, height: 3 }, [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]],
  ['the middle', { left: 1, top: 1, width: 2, height: 2 }, [11, 12, 21, 22]],
  [
    'over the right border, whose pixels are repeated',
    { left: 3, top: 0, width: 3, height: 2 },
    [3, 3, 3, 13, 13, 13],
  ],
  [
    'over the lower border, whose row is repeated',
    { left: 0, top: 2, width: 2, height: 3 },
    [20, 21, 20, 21, 20, 21],
  ],
  ['over the corner', { left: 3, top: 2, width: 2, height: 2 }, [23, 23, 23, 23]],
];
for (const [name, box, expected] of cuts) {
  test(`cutting out ${name}`, (t) => {
    const piece = cut(counted, box);
    t.deepEqual([...piece.data], expected);
    t.deepEqual([piece.width, piece.height, piece.channels], [box.width, box.height, 1]);
  });
}

test('a cut over the border repeats whole pixels of three channels', (t) => {
  const colour = planeOf(2, 1, 3, (x, _y, c) => x * 10 + c);
  const piece = cut(colour, { left: 1, top: 0, width: 3, height: 2 });
  const row = [10, 11, 12, 10, 11, 12, 10, 11, 12];
  t.deepEqual([...piece.data], [...row, ...row]);
});

test('a cut has bytes of its own', (t) => {
  const piece = cut(counted, { left: 0, top: 0, width: 4, height: 3 });
  piece.data.fill(99);
  t.is(counted.data[0], 0);
});

test('pasting copies the box and nothing around it', (t) => {
  const target = emptyPlane(4, 4, 1);
  paste(counted, { left: 1, top: 1, width: 2, height: 2 }, target, 2, 1);
  t.deepEqual([...target.data], [0, 0, 0, 0, 0, 0, 11, 12, 0, 0, 21, 22, 0, 0, 0, 0]);
});

test('what is cut and pasted back where it was gives the same picture', (t) => {
  const photo = noisy(7, 5);
  const copy = emptyPlane(7, 5, 3);
  for (let top = 0; top < 5; top += 2)
    for (let left = 0; left < 7; left += 3) {
      const box = { left, top, width: Math.min(3, 7 - left), height: Math.min(2, 5 - top) };
      paste(cut(photo, box), { left: 0, top: 0, width: box.width, height: box.height }, copy, left, top);
    }
  t.deepEqual(copy.data, photo.data);
});

const a = { left: 2, top: 3, width: 4, height: 5 };
const unions: [string, Box | undefined, Box | undefined, Box | undefined][] = [
  ['nothing and nothing', undefined, undefined, undefined],
  ['a box and nothing', a, undefined, a],
  ['nothing and a box', undefined, a, a],
  ['a box and itself', a, a, a],
  ['two boxes apart', a, { left: 10, top: 0, width: 1, height: 2 }, { left: 2, top: 0, width: 9, height: 8 }],
  ['a box and one inside it', a, { left: 3, top: 4, width: 1, height: 1 }, a],
];
for (const [name, one, other, expected] of unions) {
  test(`uniting ${name}`, (t) => t.deepEqual(unite(one, other), expected));
}

test('alpha is taken apart and put back without a copy', (t) => {
  const alpha = planeOf(2, 2, 1, (x) => x * 255);
  const photo = withAlpha(noisy(2, 2), alpha);
  t.is(photo.alpha, alpha.data);
  t.is(alphaPlane(photo)!.data, alpha.data);
  t.is(alphaPlane(photo)!.channels, 1);
});

test('a picture without alpha has no such field', (t) => {
  const photo = withAlpha({ ...noisy(2, 2) }, undefined);
  t.false('alpha' in photo);
  t.is(alphaPlane(photo), undefined);
});

test('rows of a plane are its own bytes', (t) => {
  const rows = rowsOf(counted, 1, 2);
  t.deepEqual([rows.width, rows.height, rows.channels], [4, 2, 1]);
  t.deepEqual([...rows.data], [10, 11, 12, 13, 20, 21, 22, 23]);
  t.is(rows.data.buffer, counted.data.buffer);
});

test('what is released is empty, and may be released again', (t) => {
  const bytes = new Uint8Array(12).fill(7);
  release(bytes);
  t.is(bytes.length, 0);
  t.notThrows(() => release(bytes));
});

test('a part of a larger buffer is not released, because the rest would go with it', (t) => {
  const whole = new Uint8Array(12).fill(7);
  release(whole.subarray(4));
  t.deepEqual([...whole], Array(12).fill(7));
});

test('of a released picture what the next one shares stays', (t) => {
  const alpha = planeOf(4, 3, 1, () => 9);
  const picture = withAlpha(noisy(4, 3), alpha);
  const next = withAlpha(noisy(4, 3), alpha);
  releasePicture(picture, next);
  t.is(picture.data.length, 0);
  t.deepEqual([next.data.length, next.alpha!.length], [36, 12]);
  releasePicture(next, withAlpha(noisy(4, 3), undefined));
  t.deepEqual([next.data.length, next.alpha!.length], [0, 0]);
});

import test from 'ava';
import { pictureOf, plain, planeOf } from '../testing/pictures.ts';
import { isEvery, isGrey, isOpaque, seenBox } from './look.ts';

const ramp = pictureOf(5, 3, (x, y) => x * 40 + y);

test('a picture whose channels are equal everywhere is grey', async (t) => {
  t.true(await isGrey(ramp));
  t.true(await isGrey(plain(1, 1, 0, 0, 0)));
});

for (const c of [0, 1, 2]) {
  test(`one level more in channel ${c} of the last pixel makes a picture coloured`, async (t) => {
    const tinted = pictureOf(
      5,
      3,
      (x, y, channel) => x * 40 + y + Number(x === 4 && y === 2 && channel === c),
    );
    t.false(await isGrey(tinted));
  });
}

test('a coloured pixel beyond the first million is found', async (t) => {
  const large = plain(1001, 1000, 7, 7, 7);
  t.true(await isGrey(large));
  large.data[large.data.length - 1] = 8;
  t.false(await isGrey(large));
});

// Lengths around the eight samples that are looked at together.
for (const length of [1, 7, 8, 9, 16, 17]) {
  test(`alpha of ${length} samples is opaque when all of them are 255`, (t) => {
    t.true(isOpaque(planeOf(length, 1, 1, () => 255)));
  });

  test(`any one of ${length} samples below 255 makes alpha count`, (t) => {
    for (let hole = 0; hole < length; hole++)
      t.false(isOpaque(planeOf(length, 1, 1, (x) => (x === hole ? 254 : 255))), `at ${hole}`);
  });
}

test('alpha that lies inside a larger buffer is judged by its own samples', (t) => {
  const bytes = new Uint8Array(32).fill(255);
  bytes[0] = 0;
  bytes[20] = 0;
  t.true(isOpaque({ width: 9, height: 1, channels: 1, data: bytes.subarray(3, 12) }));
  t.false(isOpaque({ width: 9, height: 1, channels: 1, data: bytes.subarray(12, 21) }));
});

test('samples that are all alike are found alike, whichever they are', (t) => {
  for (const sample of [0, 1, 127, 128, 254, 255]) {
    const data = new Uint8Array(11).fill(sample);
    t.true(isEvery(data, sample));
    t.false(isEvery(data, sample ^ 1));
    data[10]! ^= 1;
    t.false(isEvery(data, sample));
  }
});

test('of no samples every one is like any other', (t) => {
  t.true(isEvery(new Uint8Array(0), 7));
});

test('one seen pixel is its own box, wherever it lies', (t) => {
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 5; x++) {
      const alpha = planeOf(5, 4, 1, (px, py) => Number(px === x && py === y));
      t.deepEqual(seenBox(alpha), { left: x, top: y, width: 1, height: 1 });
    }
});

test('the box reaches as far as the outermost pixel on each side, empty rows between or not', (t) => {
  const seen = ['6,1', '2,3', '4,3', '8,7'];
  const alpha = planeOf(11, 9, 1, (x, y) => (seen.includes(`${x},${y}`) ? 200 : 0));
  t.deepEqual(seenBox(alpha), { left: 2, top: 1, width: 7, height: 7 });
});

test('alpha that is seen everywhere is its own box, and nothing seen has none', (t) => {
  t.deepEqual(seenBox(planeOf(7, 3, 1, () => 1)), { left: 0, top: 0, width: 7, height: 3 });
  t.is(seenBox(planeOf(7, 3, 1, () => 0)), undefined);
});

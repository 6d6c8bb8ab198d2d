import test from 'ava';
import { noisy, pixel, plain, withAlphaOf } from '../testing/pictures.ts';
import { checkerboard, label, thumbnail } from './thumbnail.ts';

const LIGHT = 0xff;
const DARK = 0xd9;

const sizes: [string, [number, number], number, [number, number]][] = [
  ['a wide picture', [200, 100], 50, [50, 25]],
  ['a tall one', [100, 200], 50, [25, 50]],
  ['a small one, which is enlarged to fill', [10, 5], 40, [40, 20]],
  ['a line, which keeps a pixel', [300, 1], 30, [30, 1]],
];
for (const [name, [width, height], side, expected] of sizes) {
  test(`${name} is fitted into the square`, async (t) => {
    const small = await thumbnail(plain(width, height, 10, 20, 30), side);
    t.deepEqual([small.width, small.height, small.channels], [...expected, 3]);
    t.deepEqual(pixel(small, 0, 0), [10, 20, 30]);
    t.is(small.data.length, small.width * small.height * 3);
  });
}

test('the checkerboard changes colour at every square', (t) => {
  const board = checkerboard(5, 3, 2);
  const reds = [0, 1, 2].map((y) => [0, 1, 2, 3, 4].map((x) => pixel(board, x, y)[0]));
  t.deepEqual(reds, [
    [LIGHT, LIGHT, DARK, DARK, LIGHT],
    [LIGHT, LIGHT, DARK, DARK, LIGHT],
    [DARK, DARK, LIGHT, LIGHT, DARK],
  ]);
  t.deepEqual(pixel(board, 2, 0), [DARK, DARK, DARK]);
});

test('a transparent picture lies on the checkerboard, its opaque part covers it', async (t) => {
  const photo = withAlphaOf(plain(96, 96, 200, 0, 0), (x) => (x < 48 ? 255 : 0));
  const small = await thumbnail(photo, 96);
  t.deepEqual(pixel(small, 10, 10), [200, 0, 0]);
  // Squares are a 24th of the side.
  t.deepEqual(pixel(small, 66, 2), [LIGHT, LIGHT, LIGHT]);
  t.deepEqual(pixel(small, 70, 2), [DARK, DARK, DARK]);
  t.deepEqual(small.channels, 3);
});

test('half transparent colour is mixed with the board', async (t) => {
  const photo = withAlphaOf(plain(24, 24, 0, 0, 0), () => 128);
  const [red] = pixel(await thumbnail(photo, 24), 0, 0);
  t.true(Math.abs(red! - 127) <= 1, `${red}`);
});

test('the picture itself is left as it was', async (t) => {
  const photo = withAlphaOf(noisy(30, 30), (x) => x * 8);
  const before = [photo.data.slice(), photo.alpha!.slice()];
  await thumbnail(photo, 30);
  t.deepEqual([photo.data, photo.alpha], before);
});

// Where the machine has no font there is no label, so only what must hold in both cases is asked.
test('a label is exactly as large as asked, on its grey, whatever the text', async (t) => {
  for (const text of ['cat.jpg', 'a & b <c>', 'x'.repeat(300), ' ']) {
    const words = await label(text, 120, 20, 240);
    if (!words) {
      t.log('no font here');
      continue;
    }
    t.deepEqual([words.width, words.height, words.channels], [120, 20, 3]);
    t.deepEqual(pixel(words, 119, 19), [240, 240, 240]);
  }
  t.pass();
});

test('a label says something', async (t) => {
  const words = await label('cat & dog.jpg', 120, 20, 240);
  if (!words) return t.pass('no font here');
  t.true(words.data.some((sample) => sample < 128));
});

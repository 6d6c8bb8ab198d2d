import test from 'ava';
import { noisy, pictureOf, plain, planeOf, withAlphaOf } from '../testing/pictures.ts';
import { resize } from './codec.ts';
import type { Picture, Plane } from './picture.ts';

test('a picture that has the size already is given back itself', async (t) => {
  const photo = noisy(5, 4);
  t.is(await resize(photo, 5, 4, 'cubic'), photo);
});

for (const kernel of ['linear', 'cubic'] as const) {
  test(`a plain picture stays plain, and proportions are stretched (${kernel})`, async (t) => {
    for (const [width, height] of [
      [3, 11],
      [40, 2],
      [16, 16],
    ] as const) {
      const scaled = await resize(plain(8, 8, 10, 128, 255), width, height, kernel);
      t.deepEqual([scaled.width, scaled.height, scaled.channels], [width, height, 3]);
      t.deepEqual([...scaled.data], [...plain(width, height, 10, 128, 255).data]);
      t.false('alpha' in scaled);
    }
  });

  test(`one channel stays one channel (${kernel})`, async (t) => {
    const scaled = await resize(planeOf(4, 4, 1, () => 77) as Plane, 6, 5, kernel);
    t.deepEqual([scaled.width, scaled.height, scaled.channels], [6, 5, 1]);
    t.deepEqual([...scaled.data], Array(30).fill(77));
  });

  test(`shrinking looks at every pixel (${kernel})`, async (t) => {
    const stripes = pictureOf(64, 8, (x) => (x % 2 === 0 ? 0 : 200));
    const scaled = await resize(stripes, 8, 8, kernel);
    const inside = [...scaled.data].filter((_, i) => (i / 3) % 8 >= 1 && (i / 3) % 8 < 7);
    t.true(
      inside.every((sample) => Math.abs(sample - 100) <= 4),
      `${inside}`,
    );
  });

  test(`colour under transparent pixels does not bleed in (${kernel})`, async (t) => {
    const half = pictureOf(16, 16, (x, _y, c) => (x < 8 ? [200, 0, 0] : [0, 255, 0])[c]!);
    const photo = withAlphaOf(half, (x) => (x < 8 ? 255 : 0));
    for (const size of [4, 7, 33]) {
      const scaled = await resize(photo, size, size, kernel);
      t.is(scaled.alpha!.length, size * size);
      const seen = [...scaled.alpha!.keys()].filter((i) => scaled.alpha![i]! > 20);
      t.true(seen.length >= (size * size) / 3);
      for (const i of seen) t.true(scaled.data[i * 3 + 1]! <= 2, `green shows at ${i} of ${size}²`);
    }
  });
}

test('alpha inside a larger buffer is scaled from its own place', async (t) => {
  const bytes = new Uint8Array(20).fill(9);
  const photo: Picture = { ...plain(4, 4, 1, 2, 3), alpha: bytes.fill(100, 2, 18).subarray(2, 18) };
  const { alpha } = await resize(photo, 2, 2, 'linear');
  t.deepEqual([...alpha!], [100, 100, 100, 100]);
});

test('a grey picture stays marked as grey, with alpha and without', async (t) => {
  const grey: Picture = { ...pictureOf(8, 8, (x, y) => x * 8 + y), grey: true };
  const scaled = await resize(grey, 3, 3, 'cubic');
  t.true(scaled.grey);
  for (let i = 0; i < scaled.data.length; i += 3)
    t.true(scaled.data[i] === scaled.data[i + 1] && scaled.data[i] === scaled.data[i + 2]);
  t.true(
    (
      await resize(
        withAlphaOf(grey, (x) => x * 20),
        3,
        3,
        'cubic',
      )
    ).grey,
  );
});

test('what comes out is memory of its own, which slice copies', async (t) => {
  const { data } = await resize(noisy(8, 8), 4, 4, 'linear');
  t.false(Buffer.isBuffer(data));
  t.not(data.slice().buffer, data.buffer);
});

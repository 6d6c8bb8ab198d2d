import test from 'ava';
import { noise } from '../../../shared/testing/pictures.ts';
import { squaredDistance } from './distance.ts';

test('Distances to one pixel, by hand', (t) => {
  const marked = new Uint8Array(15);
  marked[1 * 5 + 1] = 1;
  // biome-ignore format: as it lies
  t.deepEqual([...squaredDistance(marked, 5, 3)], [
    2, 1, 2, 5, 10,
    1, 0, 1, 4, 9,
    2, 1, 2, 5, 10,
  ]);
});

test('Where nothing is marked everything is far', (t) => {
  t.true(squaredDistance(new Uint8Array(12), 4, 3).every((distance) => distance >= 49));
});

for (const [width, height, share] of [
  [17, 13, 30],
  [1, 9, 60],
  [9, 1, 60],
  [23, 19, 3],
  [8, 8, 256],
] as const) {
  test(`Distances in ${width}×${height} with ${share} of 256 marked are those of a search through all`, (t) => {
    const marked = Uint8Array.from({ length: width * height }, (_, i) =>
      noise(i % width, Math.floor(i / width), 5) < share ? 1 : 0,
    );
    const places = [...marked.keys()].filter((i) => marked[i] === 1);
    t.true(places.length > 0);
    const expected = Array.from(marked, (_, i) =>
      Math.min(
        ...places.map(
          (p) => ((p % width) - (i % width)) ** 2 + (Math.floor(p / width) - Math.floor(i / width)) ** 2,
        ),
      ),
    );
    t.deepEqual([...squaredDistance(marked, width, height)], expected);
  });
}

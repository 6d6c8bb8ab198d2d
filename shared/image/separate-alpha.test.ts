import test from 'ava';
import { separateAlpha } from './separate-alpha.ts';

test('Every pixel’s colour and alpha come to their own planes', async (t) => {
  const data = Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 255, 7, 8, 9, 128, 10, 11, 12, 64);
  const { colour, alpha } = await separateAlpha({ width: 2, height: 2, channels: 4, data });
  t.deepEqual(colour, {
    width: 2,
    height: 2,
    channels: 3,
    data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
  });
  t.deepEqual(alpha, { width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 255, 128, 64) });
});

test('A picture that takes more than one turn of the event loop is whole', async (t) => {
  const [width, height] = [1000, 1100];
  const data = new Uint8Array(width * height * 4).map((_, at) => at % 251);
  const { colour, alpha } = await separateAlpha({ width, height, channels: 4, data });
  const last = width * height - 1;
  t.deepEqual(
    [...colour.data.subarray(last * 3)],
    [0, 1, 2].map((c) => (last * 4 + c) % 251),
  );
  t.is(alpha.data[last], (last * 4 + 3) % 251);
  t.is(alpha.data[1_000_000], 4_000_003 % 251);
});

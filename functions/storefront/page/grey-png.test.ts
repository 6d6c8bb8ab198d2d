import test from 'ava';
import { decode } from '../../../shared/image/codec.ts';
import { defaultLimits } from '../../../shared/image/limits.ts';
import { readPngHeader } from '../../../shared/image/png-header.ts';
import { greyPng } from './grey-png.ts';

test('A mask becomes a PNG of one channel that says the same', async (t) => {
  const [width, height] = [5, 4];
  const data = Uint8Array.from({ length: width * height }, (_, at) => (at * 53) % 256);
  const file = new Uint8Array(await (await greyPng(data, width, height)).arrayBuffer());
  t.like(readPngHeader(file), { width, height, channels: 1 });
  const { picture } = await decode(file, { ...defaultLimits, minSide: 1 });
  t.deepEqual(
    Array.from(data, (_, at) => picture.data[at * 3]),
    [...data],
  );
});

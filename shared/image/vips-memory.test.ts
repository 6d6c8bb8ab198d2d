import test from 'ava';
import { rawSamples, sharp } from './vips.ts';

const MEBI = 1024 * 1024;

test('Raw samples leave nothing behind: sixty times 12 MB are not held', async (t) => {
  const raw = { width: 2048, height: 2048, channels: 3 } as const;
  const pixels = new Uint8Array(raw.width * raw.height * raw.channels);
  const again = async (): Promise<void> => {
    const { data } = await rawSamples(sharp(pixels, { raw }).raw());
    t.is(data.byteLength, pixels.byteLength);
    // Memory of its own, which another thread can take.
    structuredClone(data, { transfer: [data.buffer] });
  };
  for (let time = 0; time < 5; time++) await again();
  const before = process.memoryUsage.rss();
  for (let time = 0; time < 60; time++) await again();
  const grown = (process.memoryUsage.rss() - before) / MEBI;
  t.true(grown < 300, `${Math.round(grown)} MB`);
});

// In this order, because what is blocked stays blocked in a process: first plain sharp, then ours.
import test from 'ava';
import sharp from 'sharp';

const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
const tiff = (): Promise<Buffer> =>
  sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
    .tiff()
    .toBuffer();

test.serial('plain sharp would read SVG and TIFF', async (t) => {
  t.is((await sharp(SVG).metadata()).format, 'svg');
  t.is((await sharp(await tiff()).metadata()).format, 'tiff');
});

test.serial('ours cannot, neither from memory nor from a file', async (t) => {
  const { sharp: ours } = await import('./vips.ts');
  await t.throwsAsync(ours(SVG).metadata(), { message: /unsupported image format/ });
  await t.throwsAsync(ours(await tiff()).metadata(), { message: /unsupported image format/ });
  const file = new URL('./testdata/gradient.heic', import.meta.url).pathname;
  await t.throwsAsync(ours(file).metadata(), { message: /unsupported image format/ });
});

test.serial('what is supported is still read', async (t) => {
  const { sharp: ours } = await import('./vips.ts');
  const image = ours({ create: { width: 2, height: 2, channels: 3, background: 'red' } });
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif'] as const) {
    const { width } = await ours(await image.clone().toFormat(format).toBuffer()).metadata();
    t.is(width, 2, format);
  }
});

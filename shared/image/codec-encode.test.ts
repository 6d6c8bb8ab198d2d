import test from 'ava';
import { write } from '../testing/files.ts';
import { distance, noisy, pictureOf, pixel, plain, planeOf, withAlphaOf } from '../testing/pictures.ts';
import { decode, encode, fileFormats, readHeader } from './codec.ts';
import { defaultLimits } from './limits.ts';
import type { Picture } from './picture.ts';
import { sharp } from './vips.ts';

const anySize = { ...defaultLimits, minSide: 1 };
const again = async (picture: Picture, format: 'png' | 'webp'): Promise<Picture> =>
  (await decode(await encode(picture, { format }), anySize)).picture;

const smooth = pictureOf(64, 48, (x, y, c) => [x * 3, y * 4, 90][c]!);
const faded = withAlphaOf(smooth, (x) => x * 4);

test('a PNG gives back the very samples', async (t) => {
  const picture = await again(noisy(13, 7), 'png');
  t.is(distance(picture.data, noisy(13, 7).data), 0);
  t.false('alpha' in picture);
});

test('a PNG that travels between stages has the same samples and profile, in more bytes', async (t) => {
  const kept = await encode(faded, { format: 'png' });
  const travelling = await encode(faded, { format: 'png', travels: true });
  t.true(travelling.byteLength > kept.byteLength, `${travelling.byteLength} and ${kept.byteLength}`);
  const { picture: again, format } = await decode(travelling, anySize);
  t.is(format, 'PNG');
  t.is(distance(again.data, faded.data), 0);
  t.is(distance(again.alpha!, faded.alpha!), 0);
  const profile = async (file: Uint8Array) => (await sharp(file).metadata()).icc?.toString('hex');
  t.is(await profile(travelling), await profile(kept));
});

test('a PNG is the very file that a transform to its profile gives, without the transform', async (t) => {
  const transformed = await write(noisy(31, 17))
    .withIccProfile('srgb')
    .png({ compressionLevel: 1 })
    .toBuffer();
  t.deepEqual(Buffer.from(await encode(noisy(31, 17), { format: 'png', travels: true })), transformed);
});

test('what carries our profile is decoded as if it had been transformed', async (t) => {
  // Every third level of red, green and blue.
  const colours = pictureOf(86 * 86, 86, (x, y, c) => [3 * (x % 86), 3 * Math.floor(x / 86), 3 * y][c]!);
  const file = await encode(colours, { format: 'png', travels: true });
  t.true((await readHeader(file)).isOurs);
  const transformed = await sharp(file).toColourspace('srgb').raw().toBuffer();
  const { picture } = await decode(file, anySize);
  t.true(Buffer.from(picture.data).equals(transformed));
  t.is(distance(picture.data, colours.data), 0);
});

test('a PNG keeps alpha straight: colour under faint alpha is not darkened, nor that under none', async (t) => {
  const picture = await again(faded, 'png');
  t.is(distance(picture.data, faded.data), 0);
  t.is(distance(picture.alpha!, faded.alpha!), 0);
});

test('a WebP keeps alpha exactly and colour nearly', async (t) => {
  const picture = await again(faded, 'webp');
  t.is(distance(picture.alpha!, faded.alpha!), 0);
  const opaque = await again(smooth, 'webp');
  t.true(distance(opaque.data, smooth.data) <= 12);
});

test('a grey picture is grey again', async (t) => {
  const grey = { ...pictureOf(9, 9, (x, y) => x * 9 + y), grey: true };
  t.true((await again(grey, 'png')).grey);
});

test('alpha that lies inside a larger buffer is written from its own place', async (t) => {
  const bytes = Uint8Array.of(1, 2, 3, 10, 20, 30, 40, 4, 5);
  const picture = await again({ ...noisy(2, 2), alpha: bytes.subarray(3, 7) }, 'png');
  t.deepEqual([...picture.alpha!], [10, 20, 30, 40]);
});

const GPS = { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' };
const XMP =
  '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><n>SECRET</n></x:xmpmeta><?xpacket end="w"?>';

for (const format of fileFormats) {
  test(`a ${format} carries an sRGB profile and none of the photo's EXIF, GPS or XMP`, async (t) => {
    const photo = await write(smooth)
      .withExif({ IFD0: { Copyright: 'SECRET' }, IFD3: GPS })
      .withXmp(XMP)
      .jpeg()
      .toBuffer();
    t.is(photo.toString('latin1').split('SECRET').length, 3, 'expected the photo to hold both secrets');
    t.true(photo.includes(Buffer.from([0x25, 0x88])), 'expected the photo to hold a GPS pointer');

    const { picture } = await decode(photo, anySize);
    const result = Buffer.from(await encode(picture, { format }));
    const metadata = await sharp(result).metadata();
    t.is(metadata.format, format);
    t.is(metadata.space, 'srgb');
    t.regex(metadata.icc!.toString('latin1').replaceAll('\0', ''), /sRGB/);
    // JPEG's own header always names a density; 72 stands for none.
    t.true(metadata.density === undefined || metadata.density === 72);
    for (const name of ['exif', 'xmp', 'iptc', 'comments', 'orientation'] as const)
      t.is(metadata[name], undefined, name);
    for (const trace of ['SECRET', 'Exif', 'EXIF', 'eXIf', 'xmp', 'GPS'])
      t.false(result.includes(trace), trace);
  });
}

test('JPEG, which has no transparency, is set on white', async (t) => {
  const cutout = withAlphaOf(plain(32, 16, 220, 120, 40), (x) => (x < 16 ? 0 : 255));
  const { picture } = await decode(await encode(cutout, { format: 'jpeg' }), anySize);
  t.deepEqual(pixel(picture, 2, 8), [255, 255, 255]);
  t.true(distance(pixel(picture, 28, 8), [220, 120, 40]) <= 4, `${pixel(picture, 28, 8)}`);
});

test('WebP holds sides of 16,383 pixels and no longer, PNG does', async (t) => {
  const long = (height: number) => pictureOf(1, height, () => 7);
  await t.notThrowsAsync(encode(long(16_383), { format: 'webp' }));
  await t.notThrowsAsync(encode(long(16_384), { format: 'png' }));
  const error = await t.throwsAsync(encode(long(16_384), { format: 'webp' }), { code: 'OUTPUT_TOO_LARGE' });
  t.like(error, { fields: { width: 1, height: 16_384, hint: 'PNG fits' } });
});

// A stage copies with `slice` before a model takes the bytes; Buffer's `slice` would copy nothing.
for (const [name, channels] of [
  ['colour', 3],
  ['colour with alpha', 4],
  ['grey', 1],
  ['grey with alpha', 2],
] as const) {
  test(`decoded ${name} is memory of its own, which slice copies and another thread can take`, async (t) => {
    const plane = planeOf(5, 4, channels, (x, y, c) => 10 * x + y + c);
    const space = channels < 3 ? 'b-w' : 'srgb';
    const { picture } = await decode(await write(plane).toColourspace(space).png().toBuffer(), anySize);
    for (const bytes of [picture.data, ...(picture.alpha ? [picture.alpha] : [])]) {
      t.false(Buffer.isBuffer(bytes));
      const copy = bytes.slice();
      const before = [...bytes];
      structuredClone(bytes, { transfer: [bytes.buffer] });
      t.is(bytes.length, 0);
      t.deepEqual([...copy], before);
    }
  });
}

import { crc32, inflateSync } from 'node:zlib';
import test from 'ava';
import { profileChunk, withProfile, withProfileChunk } from './png-profile.ts';
import { sharp } from './vips.ts';

const png = (): Promise<Buffer> =>
  sharp({ create: { width: 3, height: 2, channels: 3, background: { r: 234, g: 51, b: 34 } } })
    .png()
    .toBuffer();

const p3 = async (): Promise<Buffer> =>
  (
    await sharp(
      await sharp(await png())
        .withIccProfile('p3')
        .png()
        .toBuffer(),
    ).metadata()
  ).icc!;

test('the profile is what libvips then finds', async (t) => {
  const profile = await p3();
  const { icc, width, height } = await sharp(withProfile(await png(), profile)).metadata();
  t.deepEqual(icc, profile);
  t.deepEqual([width, height], [3, 2]);
});

test('the chunk stands right after the header, with its length and checksum', async (t) => {
  const before = Buffer.from(await png());
  const profile = Buffer.from('any bytes');
  const after = Buffer.from(withProfile(before, profile));
  t.deepEqual(after.subarray(0, 33), before.subarray(0, 33));
  const length = after.readUInt32BE(33);
  const chunk = after.subarray(37, 41 + length);
  t.is(chunk.toString('latin1', 0, 9), 'iCCPicc\0\0');
  t.deepEqual(inflateSync(chunk.subarray(9)), profile);
  t.is(after.readUInt32BE(41 + length), crc32(chunk));
  t.deepEqual(after.subarray(45 + length), before.subarray(33));
});

test('the chunk of one PNG can be put into another', async (t) => {
  const plain = await png();
  const profiled = withProfile(plain, await p3());
  t.deepEqual(withProfileChunk(plain, profileChunk(profiled)!), profiled);
  t.is(profileChunk(plain), undefined);
});

test('colours are converted from the profile to sRGB', async (t) => {
  const file = withProfile(await png(), await p3());
  const { data } = await sharp(file).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  // sRGB's pure red is (234, 51, 35) in Display P3.
  t.deepEqual([...data.subarray(0, 3)], [255, 0, 0]);
});

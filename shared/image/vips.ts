// libvips set up for this process, once: only the loaders named here may run, and its cache is off.
import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { profileChunk } from './png-profile.ts';

const loaders = ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif'];

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: loaders.map((name) => `VipsForeignLoad${name}Buffer`) });
// No picture is read twice, so a cache would only hold memory.
sharp.cache(false);
// sharp starts with one thread on glibc, for fear of a fragmenting allocator; pictures here are few and large.
sharp.concurrency(availableParallelism());

/**
 * A raw picture's samples in memory of their own, which can be handed to another thread. `toUint8Array` of sharp 0.35.5
 * would give that too, but never frees what libvips gave it: a picture leaks with each call. `toBuffer` does free it,
 * but what it gives cannot be posted; moved into another ArrayBuffer it can, and no sample is copied.
 */
export async function rawSamples(image: ReturnType<typeof sharp>) {
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  const whole = data.byteLength === data.buffer.byteLength;
  return { data: new Uint8Array(whole ? (data.buffer as ArrayBuffer).transfer() : data), info };
}

let profile: ReturnType<typeof readOwnProfile> | undefined;

/**
 * libvips' own sRGB, as bytes and as a PNG's chunk. `withIccProfile`, and decoding what carries it, would send every
 * sample through a transform that changes none of the 2²⁴ colours and costs a quarter of a PNG's work.
 */
export function ownProfile() {
  profile ??= readOwnProfile();
  return profile;
}

async function readOwnProfile() {
  const pixel = { create: { width: 1, height: 1, channels: 3, background: '#000' } } as const;
  const png = await sharp(pixel).withIccProfile('srgb').png().toBuffer();
  const { icc } = await sharp(png).metadata();
  return { icc: icc!, chunk: profileChunk(png)! };
}

export { sharp };

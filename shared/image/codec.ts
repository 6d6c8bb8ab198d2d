// Files in, pictures out, and back: this module and its neighbours vips.ts,
// thumbnail.ts and compose.ts alone know sharp. One decode and one encode a stage.
import { CutlineError } from '../errors.ts';
import type { Resize } from '../stage.ts';
import { bmpSize } from './bmp-header.ts';
import { decodeForeign } from './foreign-decoder.ts';
import type { Header, ImageLimits } from './limits.ts';
import { checkBytes, checkFormat, checkSize } from './limits.ts';
import { isGrey, isOpaque } from './look.ts';
import type { Picture, Plane } from './picture.ts';
import { release, withAlpha } from './picture.ts';
import { withProfile, withProfileChunk } from './png-profile.ts';
import { separateAlpha } from './separate-alpha.ts';
import type { PictureFormat } from './sniff.ts';
import { describeContent, SNIFF_BYTES, sniff } from './sniff.ts';
import { ownProfile, rawSamples, sharp } from './vips.ts';

export interface Decoded {
  readonly picture: Picture;
  readonly format: PictureFormat;
}

/**
 * Checks a file in the order bytes, type, ratio, sides, smallness, all from its header; then decodes it to
 * upright 8-bit sRGB. Of an animation the first frame is taken. Metadata is left behind.
 * @throws FILE_TOO_LARGE, INVALID_FORMAT, IMAGE_BOMB, IMAGE_TOO_LARGE, IMAGE_TOO_SMALL, IMAGE_CORRUPT
 */
export async function decode(file: Uint8Array, limits: ImageLimits): Promise<Decoded> {
  checkBytes(file.byteLength, limits);
  const header = await readHeader(file);
  checkSize(header, limits);
  try {
    const raw =
      header.format === 'BMP' || header.format === 'HEIC'
        ? await decodeOther(file, header)
        : await decodeSharp(file, header);
    return { picture: await takeApart(raw), format: header.format };
  } catch (error) {
    throw corrupt(error);
  }
}

export interface CodecHeader extends Header {
  readonly format: PictureFormat;
  /** 16 bits a sample. */
  readonly deep: boolean;
  readonly hasProfile: boolean;
  /** 8-bit sRGB with the very profile that we write. */
  readonly isOurs: boolean;
}

/** What the header says: format by content, size after orientation. @throws INVALID_FORMAT, IMAGE_CORRUPT */
export async function readHeader(file: Uint8Array): Promise<CodecHeader> {
  const head = file.subarray(0, SNIFF_BYTES);
  const format = checkFormat(sniff(head), describeContent(head));
  try {
    if (format === 'BMP')
      return {
        bytes: file.byteLength,
        format,
        ...bmpSize(file),
        deep: false,
        hasProfile: false,
        isOurs: false,
      };
    const { autoOrient: size, depth, hasProfile, icc, space } = await sharp(file, openOptions).metadata();
    const { width, height } = size;
    const isOurs = space === 'srgb' && depth === 'uchar' && !!icc?.equals((await ownProfile()).icc);
    return { bytes: file.byteLength, format, width, height, deep: depth === 'ushort', hasProfile, isOurs };
  } catch (error) {
    throw corrupt(error);
  }
}

// Our own limits are checked before, from the header; a truncated file is an error, an odd tag is not.
const openOptions = { failOn: 'error', limitInputPixels: false } as const;

async function decodeSharp(file: Uint8Array, header: CodecHeader): Promise<Plane> {
  const image = sharp(file, { ...openOptions, ignoreIcc: header.isOurs }).autoOrient();
  return await (header.deep ? decodeDeep(image, header.hasProfile) : toRaw(image.toColourspace('srgb')));
}

// 16 bits are made of 8 by 257 (the PNG specification, 13.12) or, by libvips itself, by 256: between the two, either
// gives back the 8 bits that it came from.
const DEEP_STEP = 256.5;

// Left to itself sharp hands out Display P3 samples for 16-bit pictures with a profile, and cuts the lower byte off
// where it should round.
async function decodeDeep(image: ReturnType<typeof sharp>, hasProfile: boolean): Promise<Plane> {
  const wide = image.toColourspace('rgb16');
  const upright = hasProfile ? wide.withIccProfile('srgb') : wide;
  const { data, info } = await rawSamples(upright.raw({ depth: 'ushort' }));
  const { width, height, channels } = info;
  const samples = sharp(new Uint16Array(data.buffer), {
    raw: { width, height, channels },
    limitInputPixels: false,
  });
  const perChannel = (value: number): number[] => Array.from({ length: channels }, () => value);
  return await toRaw(samples.toColourspace('rgb16').linear(perChannel(1 / DEEP_STEP), perChannel(0.5)));
}

async function decodeOther(file: Uint8Array, header: Header): Promise<Plane> {
  const raw = await decodeForeign(file, header.format === 'BMP' ? 'BMP' : 'HEIC');
  if (raw.width !== header.width || raw.height !== header.height) {
    throw new Error(
      `Expected ${header.width}×${header.height} as in the header but received ${raw.width}×${raw.height}`,
    );
  }
  const profile = header.format === 'HEIC' ? (await sharp(file, openOptions).metadata()).icc : undefined;
  if (!profile) return raw;
  // Phones write Display P3. Raw pixels cannot carry a profile into libvips, an unpacked PNG can.
  const png = await open(raw).png({ compressionLevel: 0 }).toBuffer();
  return await toRaw(sharp(withProfile(png, profile), openOptions).toColourspace('srgb'));
}

/** Colour and alpha of an interleaved raw picture; alpha that hides nothing is dropped. */
async function takeApart(raw: Plane): Promise<Picture> {
  const { colour, alpha } = await separate(raw);
  if (colour !== raw) release(raw.data);
  const picture = withAlpha(colour, alpha && !isOpaque(alpha) ? alpha : undefined);
  return (await isGrey(picture)) ? { ...picture, grey: true } : picture;
}

async function separate(raw: Plane): Promise<{ colour: Plane; alpha?: Plane }> {
  if (raw.channels === 3) return { colour: raw };
  if (raw.channels === 4) return await separateAlpha(raw);
  const colour = await toRaw(open(raw).removeAlpha().toColourspace('srgb'));
  if (raw.channels === 1) return { colour };
  return { colour, alpha: await toRaw(open(raw).extractChannel(1).toColourspace('b-w')) };
}

/** See `Resize`. */
export const resize: Resize = async <P extends Plane | Picture>(
  image: P,
  width: number,
  height: number,
  kernel: 'linear' | 'cubic',
) => {
  if (image.width === width && image.height === height) return image;
  const options = { width, height, fit: 'fill', kernel } as const;
  const alpha = 'alpha' in image ? image.alpha : undefined;
  const grey = 'grey' in image && image.grey ? { grey: true } : {};
  // sharp makes three channels of one unless it is told not to.
  const space = image.channels === 1 ? 'b-w' : 'srgb';
  if (!alpha) return { ...(await toRaw(open(image).resize(options).toColourspace(space))), ...grey } as P;
  // sharp weights colour by alpha when it scales, but only where both are in one picture.
  const joined = await toRaw(
    open(image).joinChannel(bytesOf(alpha), { raw: { ...sizeOf(image), channels: 1 } }),
  );
  const scaled = await toRaw(open(joined).resize(options));
  release(joined.data);
  return { ...(await takeApart(scaled)), ...grey } as P;
};

export const fileFormats = ['png', 'webp', 'jpeg'] as const;
export type FileFormat = (typeof fileFormats)[number];

export interface EncodeOptions {
  readonly format: FileFormat;
  /** Written into PNG and JPEG; WebP has no place for it. */
  readonly dpi?: number | undefined;
  /** Between stages: a PNG of twice the bytes in a third of the time. */
  readonly travels?: boolean;
}

/** WebP's header has 14 bits for each side. */
const WEBP_MAX_SIDE = 16383;

/**
 * A file with an sRGB profile and no other metadata; alpha is straight. JPEG, which has none, is set on white. A
 * plane of one channel becomes a grey file.
 * @throws OUTPUT_TOO_LARGE
 */
export async function encode(picture: Picture | Plane, options: EncodeOptions): Promise<Uint8Array> {
  const { width, height, channels } = picture;
  if (options.format === 'webp' && Math.max(width, height) > WEBP_MAX_SIDE) {
    const limit = `the ${WEBP_MAX_SIDE} pixels a side that WebP can hold`;
    throw new CutlineError('OUTPUT_TOO_LARGE', { fields: { width, height, limit, hint: 'PNG fits' } });
  }
  let image = open(picture);
  if ('alpha' in picture && picture.alpha) {
    const joined = image.joinChannel(bytesOf(picture.alpha), { raw: { width, height, channels: 1 } });
    // sharp flattens before it joins, whatever the order of the calls, and libvips would then set it on black.
    image = options.format === 'jpeg' ? open(await toRaw(joined)) : joined;
  }
  const isGreyFile = channels === 1;
  const isSpliced = options.format === 'png' && !isGreyFile;
  if (isGreyFile) image = image.toColourspace('b-w');
  else if (!isSpliced) image = image.withIccProfile('srgb');
  if (options.dpi !== undefined) image = image.withDensity(options.dpi);
  const file = await encoders[options.format](image, options.travels ?? false).toBuffer();
  return isSpliced ? withProfileChunk(file, (await ownProfile()).chunk) : file;
}

type Encoder = (image: ReturnType<typeof sharp>, travels: boolean) => ReturnType<typeof sharp>;

// Chosen by measurement: `npm run bench encode` prints time against size.
const encoders: Record<FileFormat, Encoder> = {
  png: (image, travels) =>
    image.png(travels ? { compressionLevel: 1 } : { compressionLevel: 2, adaptiveFiltering: true }),
  webp: (image) => image.webp({ quality: 92, alphaQuality: 100, effort: 1, smartSubsample: true }),
  jpeg: (image) => image.flatten({ background: '#ffffff' }).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
};

function open(plane: Plane) {
  const { width, height } = plane;
  const channels = plane.channels as 1 | 2 | 3 | 4;
  return sharp(plane.data, { raw: { width, height, channels }, limitInputPixels: false });
}

/** As sharp wants it; shares the memory. */
export function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function sizeOf({ width, height }: Plane): { width: number; height: number } {
  return { width, height };
}

async function toRaw(image: ReturnType<typeof sharp>): Promise<Plane> {
  const { data, info } = await rawSamples(image.raw({ depth: 'uchar' }));
  return { width: info.width, height: info.height, channels: info.channels, data };
}

function corrupt(error: unknown): CutlineError {
  if (error instanceof CutlineError) return error;
  return new CutlineError('IMAGE_CORRUPT', {
    message: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}

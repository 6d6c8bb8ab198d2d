// Work against size of the encoders, on what the product encodes: an enlarged photo and its cut-out.
//   npm run bench encode [-- cutout.png photo.jpg …]
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { segment } from '../functions/segment/stage.ts';
import { upscale } from '../functions/upscale/stage.ts';
import { bytesOf, decode, encode } from '../shared/image/codec.ts';
import type { Picture } from '../shared/image/picture.ts';
import { sharp } from '../shared/image/vips.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';
import type { Task } from './kit/interleave.ts';
import { inTurns, startMeter } from './kit/interleave.ts';
import { table } from './kit/report.ts';
import { median } from './kit/statistics.ts';
import { benchJob, benchLimits, openWorkbench } from './kit/workbench.ts';

type Image = ReturnType<typeof sharp>;
type Pictures = Readonly<Record<string, Picture>>;

const candidates: Readonly<Record<string, (image: Image) => Image>> = {
  'png 0': (image) => image.png({ compressionLevel: 0 }),
  'png 1': (image) => image.png({ compressionLevel: 1 }),
  'png 1 adaptive': (image) => image.png({ compressionLevel: 1, adaptiveFiltering: true }),
  'png 2': (image) => image.png({ compressionLevel: 2 }),
  'png 2 adaptive': (image) => image.png({ compressionLevel: 2, adaptiveFiltering: true }),
  'png 3 adaptive': (image) => image.png({ compressionLevel: 3, adaptiveFiltering: true }),
  'png 6': (image) => image.png({ compressionLevel: 6 }),
  'png 6 adaptive': (image) => image.png({ compressionLevel: 6, adaptiveFiltering: true }),
  'webp 92 effort 1': (image) =>
    image.webp({ quality: 92, alphaQuality: 100, effort: 1, smartSubsample: true }),
  'webp 92 effort 3': (image) =>
    image.webp({ quality: 92, alphaQuality: 100, effort: 3, smartSubsample: true }),
  'webp 92 effort 4': (image) =>
    image.webp({ quality: 92, alphaQuality: 100, effort: 4, smartSubsample: true }),
  'webp lossless 1': (image) => image.webp({ lossless: true, effort: 1 }),
  'jpeg 92 4:4:4': (image) =>
    image.flatten({ background: '#fff' }).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  'jpeg 92 mozjpeg': (image) => image.flatten({ background: '#fff' }).jpeg({ quality: 92, mozjpeg: true }),
};

const ROUNDS = 3;

export async function benchEncode(pictures: Pictures): Promise<void> {
  for (const [name, picture] of Object.entries(pictures)) {
    const { width, height, alpha } = picture;
    const bytes: Record<string, number> = {};
    const tasks = Object.entries(encodersOf(picture)).map(([encoder, run]) => [
      encoder,
      async () => {
        bytes[encoder] = (await run()).byteLength;
      },
    ]);
    const samples = await inTurns(Object.fromEntries(tasks) as Record<string, Task>, ROUNDS, startMeter);
    const rows = Object.entries(samples).map(([encoder, spent]) => ({
      encoder,
      'CPU ms': Math.round(median(spent.map(({ cpuMs }) => cpuMs))),
      ms: Math.round(median(spent.map(({ ms }) => ms))),
      MB: bytes[encoder]! / 1e6,
    }));
    console.log(`\n${name} ${width}×${height}${alpha ? ' with alpha' : ''}\n\n${table(rows)}`);
  }
}

/** What is in use, then what could be. */
function encodersOf(picture: Picture): Record<string, () => Promise<Uint8Array>> {
  const others = Object.entries(candidates).map(([name, apply]) => [
    name,
    () => apply(imageOf(picture)).toBuffer(),
  ]);
  return {
    'ours between stages': () => encode(picture, { format: 'png', travels: true }),
    'ours delivered': () => encode(picture, { format: 'png' }),
    ...Object.fromEntries(others),
  };
}

function imageOf({ data, width, height, alpha }: Picture): Image {
  const image = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  return alpha ? image.joinChannel(bytesOf(alpha), { raw: { width, height, channels: 1 } }) : image;
}

async function samplePictures(): Promise<Pictures> {
  const job = benchJob({ scale: 2 });
  const bench = await openWorkbench(job);
  const { picture } = await decode(await samplePhoto('plush-fox'), benchLimits);
  const { upscaled } = (await upscale(picture, job, bench.tools)).pictures;
  const { cutout } = (await segment(upscaled!, job, bench.tools)).pictures;
  await bench.close();
  return { 'plush-fox enlarged': upscaled!, 'plush-fox cut out': cutout! };
}

async function picturesOf(files: readonly string[]): Promise<Pictures> {
  const pictures: Record<string, Picture> = {};
  for (const file of files)
    pictures[basename(file)] = (await decode(await readFile(file), benchLimits)).picture;
  return pictures;
}

if (import.meta.main) {
  const files = process.argv.slice(2);
  await benchEncode(files.length > 0 ? await picturesOf(files) : await samplePictures());
}

// Time against size of the encoders, on an enlarged photo and on a cut-out.
//   npm run bench encode [-- cutout.png photo.jpg …]
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from '../shared/image/codec.ts';
import { defaultLimits } from '../shared/image/limits.ts';
import { sharp } from '../shared/image/vips.ts';

type Image = ReturnType<typeof sharp>;

const candidates: Record<string, (image: Image) => Image> = {
  'png 1': (image) => image.png({ compressionLevel: 1 }),
  'png 1 adaptive': (image) => image.png({ compressionLevel: 1, adaptiveFiltering: true }),
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

const RUNS = 3;

export async function benchEncode(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const limits = { ...defaultLimits, maxFileBytes: 1e9 };
    const { picture } = await decode(await readFile(file), limits);
    const { width, height, alpha } = picture;
    console.log(`\n${basename(file)} ${width}×${height}${alpha ? ' with alpha' : ''}`);
    for (const [name, encoder] of Object.entries(candidates)) {
      const times: number[] = [];
      let bytes = 0;
      for (let run = 0; run < RUNS; run++) {
        let image = sharp(picture.data, { raw: { width, height, channels: 3 } });
        if (alpha)
          image = image.joinChannel(Buffer.from(alpha.buffer), { raw: { width, height, channels: 1 } });
        const begin = performance.now();
        bytes = (await encoder(image).toBuffer()).length;
        times.push(performance.now() - begin);
      }
      const best = Math.min(...times);
      console.log(
        `  ${name.padEnd(18)} ${best.toFixed(0).padStart(6)} ms  ${(bytes / 1e6).toFixed(2).padStart(7)} MB`,
      );
    }
  }
}

if (import.meta.main) {
  const samples = fileURLToPath(new URL('../models/samples/plush-fox.jpg', import.meta.url));
  await benchEncode(process.argv.length > 2 ? process.argv.slice(2) : [samples]);
}

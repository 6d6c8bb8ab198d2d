// The formats that prebuilt sharp does not read: HEIC by libheif (WASM), BMP by bmp-ts. Both compute where
// they are called, so they are called in a thread of their own, which ends with the picture.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Plane } from './picture.ts';

export type ForeignFormat = 'HEIC' | 'BMP';

/** A file that keeps a decoder busy for longer is hostile: 50 megapixels take libheif a few seconds. */
const DECODE_WITHIN_MS = 60_000;

/** Decodes to RGBA. @throws Error when the file is damaged or takes too long */
export async function decodeForeign(file: Uint8Array, format: ForeignFormat): Promise<Plane> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { file, format },
    // libheif prints what it dislikes, and the command line's stdout is for JSON alone.
    stdout: true,
    stderr: true,
  });
  const timer = setTimeout(() => worker.terminate(), DECODE_WITHIN_MS);
  try {
    return await new Promise<Plane>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () =>
        reject(new Error(`${format}: the decoder took longer than ${DECODE_WITHIN_MS} ms`)),
      );
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

if (!isMainThread && workerData?.format) await decodeHere(workerData);

async function decodeHere({ file, format }: { file: Uint8Array; format: ForeignFormat }): Promise<void> {
  const decoders = { HEIC: heic, BMP: bmp };
  const plane = await decoders[format](file);
  parentPort!.postMessage(plane, [plane.data.buffer]);
}

async function heic(file: Uint8Array): Promise<Plane> {
  const { default: decode } = await import('heic-decode');
  const { width, height, data } = await decode({ buffer: file });
  return { width, height, channels: 4, data: new Uint8Array(data.buffer as ArrayBuffer) };
}

async function bmp(file: Uint8Array): Promise<Plane> {
  const { decode } = await import('bmp-ts');
  const buffer = Buffer.from(file);
  const hasPalette = buffer.readUInt16LE(28) <= 8;
  const { width, height, data, bitPP, compression } = decode(buffer, { toRGBA: !hasPalette });
  // bmp-ts 1.0.9 garbles both, without a word.
  const runLengths = compression === 1 || compression === 2;
  if (runLengths || (bitPP === 4 && width % 2 === 1))
    throw new Error('Expected a BMP without run lengths or odd rows of 4 bits');
  // With a palette it writes alpha, blue, green, red, whatever it is asked for.
  if (hasPalette) data.swap32();
  const rgba = new Uint8Array(data);
  // Only 32-bit files can carry an alpha, and most of those leave it 0.
  const keepsAlpha = bitPP === 32 && rgba.some((sample, i) => i % 4 === 3 && sample !== 0);
  if (!keepsAlpha) for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
  return { width, height, channels: 4, data: rgba };
}

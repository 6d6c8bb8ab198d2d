// The photos of the run: tiny, so that a thousand take minutes, and some that have to fail.
import { readFile } from 'node:fs/promises';
import { encode } from '../shared/image/codec.ts';
import { sharp } from '../shared/image/vips.ts';

export interface PhotoCase {
  readonly name: string;
  readonly file: Uint8Array<ArrayBuffer>;
  readonly extension: 'jpg' | 'png';
  /** Of the upload: `cutline-…`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const samples = ['plush-bear', 'plush-fox', 'toy-robot'] as const;

const wishes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'as it comes': {},
  'cut out alone': { 'cutline-scale': '1', 'cutline-effects': 'none' },
  'one look': { 'cutline-scale': '1', 'cutline-effects': 'sketch' },
  'four times': { 'cutline-scale': '4', 'cutline-effects': 'color' },
};

/** Of three photos each in every kind of job; with `plain` in the one kind that needs no metadata. */
export async function goodPhotos(plain: boolean): Promise<PhotoCase[]> {
  const kinds = Object.entries(wishes).slice(0, plain ? 1 : undefined);
  const found: PhotoCase[] = [];
  for (const [index, sample] of samples.entries()) {
    const photo = await readFile(new URL(`../models/samples/${sample}.jpg`, import.meta.url));
    const small = Uint8Array.from(
      await sharp(photo)
        .resize(96 + 16 * index)
        .jpeg()
        .toBuffer(),
    );
    for (const [kind, metadata] of kinds)
      found.push({ name: `${sample}, ${kind}`, file: small, extension: 'jpg', metadata });
  }
  return found;
}

/** Each fails in its own way, whatever happens around it. */
export async function badPhotos(plain: boolean): Promise<PhotoCase[]> {
  const [good] = await goodPhotos(true);
  const grey = { width: 96, height: 96, channels: 3 as const, data: new Uint8Array(96 * 96 * 3).fill(128) };
  const small = { width: 40, height: 40, channels: 3 as const, data: new Uint8Array(40 * 40 * 3).fill(90) };
  const png = async (picture: typeof grey): Promise<Uint8Array<ArrayBuffer>> =>
    Uint8Array.from(await encode(picture, { format: 'png' }));
  const photo = { extension: 'jpg', metadata: {} } as const;
  return [
    { ...photo, name: 'cut short', file: good!.file.slice(0, good!.file.length / 2) },
    { ...photo, name: 'a letter', file: new TextEncoder().encode('Dear customer, '.repeat(100)) },
    { ...photo, name: 'too small', extension: 'png', file: await png(small) },
    { ...photo, name: 'nothing in it', extension: 'png', file: await png(grey) },
    ...(plain ? [] : [{ ...good!, name: 'a wrong option', metadata: { 'cutline-scale': '3' } }]),
  ];
}

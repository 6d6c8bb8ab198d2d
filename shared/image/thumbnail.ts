// Small opaque pictures for people to look at: a picture fitted into a cell, on a checkerboard where it is
// transparent, and lines of text.
import { bytesOf, resize } from './codec.ts';
import type { Picture, Plane } from './picture.ts';
import { emptyPlane } from './picture.ts';
import { rawSamples, sharp } from './vips.ts';

const LIGHT = 0xff;
const DARK = 0xd9;

/**
 * Fitted into a square of `side` pixels, keeping its proportions; never enlarged more than to fill it.
 * @param ground what is behind it where it is transparent; with `none` it stays so
 */
export async function thumbnail(
  picture: Picture,
  side: number,
  ground: 'checkerboard' | 'none' = 'checkerboard',
): Promise<Picture | Plane> {
  const factor = side / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * factor));
  const height = Math.max(1, Math.round(picture.height * factor));
  const small = await resize(picture, width, height, 'cubic');
  if (!small.alpha || ground === 'none') return small;
  const raw = { width, height, channels: 3 } as const;
  const alpha = { raw: { width, height, channels: 1 } } as const;
  const cutout = await sharp(small.data, { raw })
    .joinChannel(bytesOf(small.alpha), alpha)
    .png({ compressionLevel: 0 })
    .toBuffer();
  const board = checkerboard(width, height, Math.max(4, Math.round(side / 24)));
  const composed = sharp(board.data, { raw })
    .composite([{ input: cutout }])
    .removeAlpha();
  return { ...raw, data: (await rawSamples(composed.raw())).data };
}

/** Light and grey squares of `square` pixels. */
export function checkerboard(width: number, height: number, square: number): Plane {
  const board = emptyPlane(width, height, 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += square) {
      const dark = (Math.floor(x / square) + Math.floor(y / square)) % 2 === 1;
      board.data.fill(
        dark ? DARK : LIGHT,
        (y * width + x) * 3,
        (y * width + Math.min(width, x + square)) * 3,
      );
    }
  }
  return board;
}

/**
 * Dark text on the given grey, at most `width` pixels wide; undefined where the machine has no font, because a
 * sheet without words is better than none.
 */
export async function label(
  text: string,
  width: number,
  height: number,
  grey: number,
): Promise<Plane | undefined> {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const markup = `<span foreground="#333333">${escaped}</span>`;
  try {
    const words = await sharp({
      text: { text: markup, rgba: true, font: `sans ${height * 0.55}px`, dpi: 72 },
    })
      .png()
      .toBuffer();
    const fitted = await sharp(words)
      .resize({ width, height: Math.round(height * 0.7), fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer();
    const background = { width, height, channels: 3 as const, background: { r: grey, g: grey, b: grey } };
    const lettered = sharp({ create: background })
      .composite([{ input: fitted, gravity: 'west' }])
      .removeAlpha();
    return { width, height, channels: 3, data: (await rawSamples(lettered.raw())).data };
  } catch {
    return undefined;
  }
}

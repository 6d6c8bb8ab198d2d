// BMPs written byte by byte, because the product only reads them (Microsoft, BITMAPINFOHEADER).

export interface BmpOptions {
  readonly width: number;
  readonly height: number;
  readonly bits: 1 | 4 | 8 | 24 | 32;
  /** Rows from top to bottom, told by a negative height; else from bottom to top as usual. */
  readonly topDown?: boolean;
  /** [blue, green, red] each, for 1, 4 and 8 bits. */
  readonly palette?: readonly (readonly [number, number, number])[];
  /** A header of version 4, which says that 32 bits hold alpha; else the fourth byte means nothing. */
  readonly alpha?: boolean;
  /** 0 for none, 1 and 2 for run lengths. */
  readonly compression?: number;
  /** Left to right, top to bottom: palette indices, or [r, g, b, a]. */
  readonly pixels: readonly (number | readonly number[])[];
}

const FILE_HEADER_BYTES = 14;
const INFO_HEADER_BYTES = 40;
const V4_HEADER_BYTES = 108;
const BITFIELDS = 3;
const MASKS = [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000];

export function makeBmp(options: BmpOptions): Uint8Array<ArrayBuffer> {
  const { width, height, bits, topDown = false, palette = [], alpha = false } = options;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const headerBytes = alpha ? V4_HEADER_BYTES : INFO_HEADER_BYTES;
  const offset = FILE_HEADER_BYTES + headerBytes + palette.length * 4;
  const file = new Uint8Array(offset + rowBytes * height);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(2, file.length, true);
  view.setUint32(10, offset, true);
  view.setUint32(14, headerBytes, true);
  view.setInt32(18, width, true);
  view.setInt32(22, topDown ? -height : height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
  view.setUint32(30, alpha ? BITFIELDS : (options.compression ?? 0), true);
  view.setUint32(34, rowBytes * height, true);
  view.setUint32(46, palette.length, true);
  if (alpha) for (const [i, mask] of MASKS.entries()) view.setUint32(54 + i * 4, mask, true);
  for (const [i, colour] of palette.entries()) file.set(colour, FILE_HEADER_BYTES + headerBytes + i * 4);
  for (const [i, pixel] of options.pixels.entries()) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const row = offset + (topDown ? y : height - 1 - y) * rowBytes;
    if (typeof pixel !== 'number') {
      const [r, g, b, a] = pixel as [number, number, number, number];
      file.set(bits === 32 ? [b, g, r, a] : [b, g, r], row + (x * bits) / 8);
    } else {
      const bit = x * bits;
      file[row + (bit >> 3)]! |= pixel << (8 - bits - (bit & 7));
    }
  }
  return file;
}

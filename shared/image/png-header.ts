// What the first bytes of a PNG say (https://www.w3.org/TR/png-3/#11IHDR).

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey with alpha, 3 colour or palette, 4 colour with alpha. */
  readonly channels: 1 | 2 | 3 | 4;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const IHDR = [0x49, 0x48, 0x44, 0x52];
/** By colour type. */
const channels: Readonly<Record<number, PngHeader['channels']>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/** Undefined for what is no PNG. */
export function readPngHeader(file: Uint8Array): PngHeader | undefined {
  const isAt = (bytes: readonly number[], at: number): boolean =>
    bytes.every((byte, index) => file[at + index] === byte);
  if (file.byteLength < 33 || !isAt(signature, 0) || !isAt(IHDR, 12)) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = channels[view.getUint8(25)];
  return count && { width: view.getUint32(16), height: view.getUint32(20), channels: count };
}

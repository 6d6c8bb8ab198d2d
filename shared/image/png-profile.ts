// ICC profiles in PNGs, put there without a transform (PNG specification, 3rd edition, 5.6 and 11.3.2.3).
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE_BYTES = 8;
/** length, 'IHDR', 13 bytes, checksum */
const IHDR_BYTES = 25;
/** A chunk's length, name and checksum. */
const FRAME_BYTES = 12;

/** A PNG that has no profile with this one. */
export function withProfile(png: Uint8Array, profile: Uint8Array): Uint8Array {
  // Name, terminating zero, compression method 0, profile.
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return withProfileChunk(png, chunk);
}

/** A PNG that has no profile with another's, as `profileChunk` gave it. */
export function withProfileChunk(png: Uint8Array, chunk: Uint8Array): Uint8Array {
  const at = SIGNATURE_BYTES + IHDR_BYTES;
  return Buffer.concat([png.subarray(0, at), chunk, png.subarray(at)]);
}

/** The chunk of a PNG's profile, whole; undefined where it has none. */
export function profileChunk(png: Uint8Array): Uint8Array | undefined {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  let at = SIGNATURE_BYTES;
  while (at + FRAME_BYTES <= png.byteLength) {
    const end = at + FRAME_BYTES + view.getUint32(at);
    const name = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (name === 'iCCP') return png.slice(at, end);
    at = end;
  }
  return undefined;
}

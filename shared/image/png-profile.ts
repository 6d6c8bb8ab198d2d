// Puts an ICC profile into a PNG that has none (PNG specification, 3rd edition, 5.6 and 11.3.2.3).
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE_BYTES = 8;
/** length, 'IHDR', 13 bytes, checksum */
const IHDR_BYTES = 25;

export function withProfile(png: Uint8Array, profile: Uint8Array): Uint8Array {
  const at = SIGNATURE_BYTES + IHDR_BYTES;
  // Name, terminating zero, compression method 0, profile.
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([png.subarray(0, at), chunk, png.subarray(at)]);
}

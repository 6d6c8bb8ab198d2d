// Two looks at a whole picture that end at the first pixel that decides.
import type { Picture, Plane } from './picture.ts';

/** After so many pixels other work on the event loop gets its turn. */
const PIXELS_AT_ONCE = 1_000_000;

/** Are all three channels equal everywhere? A colour photo answers at one of its first pixels. */
export async function isGrey(picture: Picture): Promise<boolean> {
  const { data } = picture;
  for (let begin = 0; begin < data.length; begin += PIXELS_AT_ONCE * 3) {
    const end = Math.min(data.length, begin + PIXELS_AT_ONCE * 3);
    for (let i = begin; i < end; i += 3) {
      if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
    }
    await new Promise(setImmediate);
  }
  return true;
}

/** Is every sample 255? Looks at eight of them at a time. */
export function isOpaque(alpha: Plane): boolean {
  const { data } = alpha;
  const aligned = data.byteOffset % BigUint64Array.BYTES_PER_ELEMENT === 0;
  const words = aligned
    ? new BigUint64Array(data.buffer, data.byteOffset, data.length >> 3)
    : new BigUint64Array(0);
  const full = 0xffff_ffff_ffff_ffffn;
  return (
    words.every((word) => word === full) && data.subarray(words.length * 8).every((sample) => sample === 255)
  );
}

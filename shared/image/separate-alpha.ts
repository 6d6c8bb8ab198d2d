// Four interleaved channels moved into a plane of three and one of alpha: libvips would go twice over the picture, each
// time with a copy.
import type { Plane } from './picture.ts';
import { emptyPlane } from './picture.ts';

/** After so many pixels other work on the event loop gets its turn. */
const PIXELS_AT_ONCE = 1_000_000;

/** @param raw four channels; its bytes are not kept */
export async function separateAlpha(raw: Plane): Promise<{ colour: Plane; alpha: Plane }> {
  const { width, height } = raw;
  const colour = emptyPlane(width, height, 3);
  const alpha = emptyPlane(width, height, 1);
  for (let begin = 0; begin < width * height; begin += PIXELS_AT_ONCE) {
    move(raw.data, colour.data, alpha.data, begin, Math.min(width * height, begin + PIXELS_AT_ONCE));
    await new Promise(setImmediate);
  }
  return { colour, alpha };
}

function move(from: Uint8Array, colour: Uint8Array, alpha: Uint8Array, begin: number, end: number): void {
  let source = begin * 4;
  let target = begin * 3;
  for (let pixel = begin; pixel < end; pixel++) {
    colour[target++] = from[source++]!;
    colour[target++] = from[source++]!;
    colour[target++] = from[source++]!;
    alpha[pixel] = from[source++]!;
  }
}

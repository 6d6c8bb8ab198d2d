// Pictures made smaller by a whole factor, each pixel the mean of those it stands for.
import type { Plane } from '../../../shared/image/picture.ts';
import { emptyPlane } from '../../../shared/image/picture.ts';

/**
 * The mean of every factor × factor square, rounded. Columns and rows that fill no square are left out.
 * @param factor a whole number from 1
 */
export function shrinkByArea(plane: Plane, factor: number): Plane {
  if (factor === 1) return plane;
  const { channels } = plane;
  const small = emptyPlane(Math.floor(plane.width / factor), Math.floor(plane.height / factor), channels);
  const stride = plane.width * channels;
  const area = factor * factor;
  for (let y = 0, to = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      for (let c = 0; c < channels; c++, to++) {
        let sum = 0;
        for (
          let row = 0, from = y * factor * stride + x * factor * channels + c;
          row < factor;
          row++, from += stride
        )
          for (let column = 0; column < factor; column++) sum += plane.data[from + column * channels]!;
        small.data[to] = Math.round(sum / area);
      }
    }
  }
  return small;
}

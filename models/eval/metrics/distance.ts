// How far every pixel is from the nearest marked one.

/**
 * Squared Euclidean distance to the nearest marked pixel, exact and in linear time (Meijster, Roerdink & Hesselink
 * 2000, “A general algorithm for computing distance transforms in linear time”). Where nothing is marked it is at
 * least (width + height)².
 * @param marked width·height samples, not 0 where marked
 */
export function squaredDistance(marked: Uint8Array, width: number, height: number): Float64Array {
  const distance = new Float64Array(width * height);
  distanceInColumns(marked, width, height, distance);
  const squares = new Float64Array(width);
  /** Columns whose parabolas form the lower envelope, and where each begins to be the lowest. */
  const columns = new Int32Array(width);
  const begins = new Int32Array(width);
  for (let row = 0; row < width * height; row += width) {
    for (let x = 0; x < width; x++) squares[x] = distance[row + x]! ** 2;
    let last = 0;
    columns[0] = begins[0] = 0;
    for (let x = 1; x < width; x++) {
      while (last >= 0 && at(begins[last]!, columns[last]!) > at(begins[last]!, x)) last--;
      const begin = last < 0 ? 0 : 1 + meeting(columns[last]!, x);
      if (begin >= width) continue;
      last++;
      columns[last] = x;
      begins[last] = begin;
    }
    for (let x = width - 1; x >= 0; x--) {
      distance[row + x] = at(x, columns[last]!);
      if (x === begins[last]) last--;
    }
  }
  return distance;

  function at(x: number, column: number): number {
    return (x - column) * (x - column) + squares[column]!;
  }

  /** The last column in which the left one of two parabolas is not above the right one. */
  function meeting(left: number, right: number): number {
    const rise = right * right - left * left + squares[right]! - squares[left]!;
    return Math.floor(rise / (2 * (right - left)));
  }
}

function distanceInColumns(marked: Uint8Array, width: number, height: number, distance: Float64Array): void {
  const far = width + height;
  for (let i = 0; i < distance.length; i++)
    distance[i] = marked[i] !== 0 ? 0 : i < width ? far : Math.min(far, distance[i - width]! + 1);
  for (let i = width * (height - 1) - 1; i >= 0; i--)
    distance[i] = Math.min(distance[i]!, distance[i + width]! + 1);
}

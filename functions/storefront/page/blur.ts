// Soft planes of one byte a pixel: for shadows, and for an outline without corners.

/** Three box blurs are nearly a Gaussian one (Wells 1986). @param radius of each, in pixels; 0 copies */
export function blur(data: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const r = Math.round(radius);
  let from = data.slice();
  if (r < 1) return from;
  let to = new Uint8Array(data.length);
  for (let pass = 0; pass < 3; pass++) {
    boxRows(from, to, width, height, r);
    [from, to] = [to, from];
    boxColumns(from, to, width, height, r);
    [from, to] = [to, from];
  }
  return from;
}

/**
 * An outline with its corners and steps rounded: blurred, and made steep again around the middle.
 * @param strength 0–100
 */
export function smoothOutline(data: Uint8Array, width: number, height: number, strength: number): Uint8Array {
  const radius = (strength / 100) * 0.006 * Math.max(width, height);
  if (radius < 0.5) return data.slice();
  const soft = blur(data, width, height, Math.max(1, radius));
  const steep = 1 + radius / 2;
  return soft.map((value) => Math.min(255, Math.max(0, Math.round((value - 127.5) * steep + 127.5))));
}

function boxRows(from: Uint8Array, to: Uint8Array, width: number, height: number, r: number): void {
  const window = 2 * r + 1;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = from[row]! * (r + 1);
    for (let x = 1; x <= r; x++) sum += from[row + Math.min(width - 1, x)]!;
    for (let x = 0; x < width; x++) {
      to[row + x] = (sum + r) / window;
      sum += from[row + Math.min(width - 1, x + r + 1)]! - from[row + Math.max(0, x - r)]!;
    }
  }
}

/** By rows with a sum for each column, since memory is read in rows. */
function boxColumns(from: Uint8Array, to: Uint8Array, width: number, height: number, r: number): void {
  const window = 2 * r + 1;
  const sums = new Int32Array(width);
  const add = (y: number, factor: number): void => {
    const row = Math.min(height - 1, Math.max(0, y)) * width;
    for (let x = 0; x < width; x++) sums[x]! += from[row + x]! * factor;
  };
  add(0, r + 1);
  for (let y = 1; y <= r; y++) add(y, 1);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) to[row + x] = (sums[x]! + r) / window;
    add(y + r + 1, 1);
    add(y - r, -1);
  }
}

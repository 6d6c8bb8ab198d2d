// A picture as bytes, and the row copies that move them. No arithmetic on pixels happens here: that is
// the graphs' work.

/** One to three interleaved 8-bit channels, rows top to bottom without padding: data.length = width·height·channels. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * An sRGB picture, 8 bits a sample, with straight (not premultiplied) alpha kept as a plane of its own,
 * so that colour goes through three-channel models without being taken apart first.
 */
export interface Picture extends Plane {
  readonly channels: 3;
  /** width·height bytes, 0 transparent … 255 opaque; absent when the picture is opaque. */
  readonly alpha?: Uint8Array<ArrayBuffer>;
  /** All three channels are equal everywhere, and no stage may change that. */
  readonly grey?: boolean;
}

/** A rectangle in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A plane of zeros. */
export function emptyPlane(width: number, height: number, channels: number): Plane {
  return { width, height, channels, data: new Uint8Array(width * height * channels) };
}

/** The alpha of a picture as a plane that shares its bytes, or undefined when it is opaque. */
export function alphaPlane(picture: Picture): Plane | undefined {
  return picture.alpha && { width: picture.width, height: picture.height, channels: 1, data: picture.alpha };
}

/** A grey picture's only channel, as a plane of its own. */
export function firstChannel({ width, height, channels, data }: Plane): Plane {
  const plane = emptyPlane(width, height, 1);
  for (let pixel = 0; pixel < width * height; pixel++) plane.data[pixel] = data[pixel * channels]!;
  return plane;
}

/**
 * Gives bytes' memory back at once; left to the collector it comes back late, because little hangs on a large buffer in
 * its eyes. Only for what nobody else holds and no other thread reads: it is empty afterwards. A part of a larger buffer is left alone.
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached && byteLength === buffer.byteLength)
    buffer.transfer(0);
}

/** Gives a picture's memory back, but not what the next one shares with it. See `release`. */
export function releasePicture(picture: Picture, next: Picture): void {
  const shared = [next.data, next.alpha].map((bytes) => bytes?.buffer);
  for (const bytes of [picture.data, picture.alpha])
    if (bytes && !shared.includes(bytes.buffer)) release(bytes);
}

/** A plane's pixels with another alpha; shares the bytes of both. */
export function withAlpha(colour: Plane, alpha: Plane | undefined): Picture {
  const { width, height, data } = colour;
  return alpha
    ? { width, height, channels: 3, data, alpha: alpha.data }
    : { width, height, channels: 3, data };
}

/**
 * A copy of the given rectangle. Where it reaches over the right or lower border the border's pixels are
 * repeated; it must begin inside the plane.
 */
export function cut(from: Plane, box: Box): Plane {
  const to = emptyPlane(box.width, box.height, from.channels);
  const copied = Math.min(box.width, from.width - box.left);
  const rows = Math.min(box.height, from.height - box.top);
  const rowBytes = box.width * from.channels;
  for (let y = 0; y < rows; y++) {
    const start = ((box.top + y) * from.width + box.left) * from.channels;
    to.data.set(from.data.subarray(start, start + copied * from.channels), y * rowBytes);
    repeatLastPixel(to, y, copied);
  }
  for (let y = rows; y < box.height; y++)
    to.data.copyWithin(y * rowBytes, (rows - 1) * rowBytes, rows * rowBytes);
  return to;
}

/** Some rows of a plane; shares its bytes. */
export function rowsOf({ width, channels, data }: Plane, top: number, height: number): Plane {
  const bytes = width * channels;
  return { width, height, channels, data: data.subarray(top * bytes, (top + height) * bytes) };
}

/** Copies a rectangle of one plane to a place in another; both have the same number of channels. */
export function paste(from: Plane, box: Box, to: Plane, left: number, top: number): void {
  const bytes = box.width * from.channels;
  for (let y = 0; y < box.height; y++) {
    const source = ((box.top + y) * from.width + box.left) * from.channels;
    to.data.set(from.data.subarray(source, source + bytes), ((top + y) * to.width + left) * to.channels);
  }
}

/** The smallest box that holds both; an absent one counts as nothing. */
export function unite(a: Box | undefined, b: Box | undefined): Box | undefined {
  if (!a || !b) return a ?? b;
  const left = Math.min(a.left, b.left);
  const top = Math.min(a.top, b.top);
  const right = Math.max(a.left + a.width, b.left + b.width);
  const bottom = Math.max(a.top + a.height, b.top + b.height);
  return { left, top, width: right - left, height: bottom - top };
}

function repeatLastPixel(plane: Plane, y: number, fromX: number): void {
  const { channels, width, data } = plane;
  const row = y * width * channels;
  const last = row + (fromX - 1) * channels;
  for (let x = fromX; x < width; x++) data.copyWithin(row + x * channels, last, last + channels);
}

// The outline under the brush: one byte a pixel, 255 is the subject. Every stroke can be taken back.

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Brush {
  readonly keep: boolean;
  /** Pixels of the mask. */
  readonly radius: number;
}

interface Stroke {
  readonly rect: Rect;
  readonly before: Uint8Array;
}

const MOST_STROKES = 40;
/** Of the radius: from there to the rim the brush fades. */
const HARD = 0.7;

export interface Mask {
  readonly width: number;
  readonly height: number;
  /** With all strokes in it. */
  readonly data: Uint8Array;
  readonly strokes: number;
  begin(): void;
  /** A line from one point to another. @returns what it touched; undefined outside */
  draw(x0: number, y0: number, x1: number, y1: number, brush: Brush): Rect | undefined;
  end(): void;
  /** @returns what it gave back; undefined where there was nothing left */
  undo(): Rect | undefined;
}

/** @param base one byte a pixel; it is not changed */
export function createMask(width: number, height: number, base: Uint8Array): Mask {
  const data = base.slice();
  const strokes: Stroke[] = [];
  let started: { readonly whole: Uint8Array; touched: Rect | undefined } | undefined;
  return {
    width,
    height,
    data,
    get strokes() {
      return strokes.length;
    },
    begin() {
      started = { whole: data.slice(), touched: undefined };
    },
    draw(x0, y0, x1, y1, brush) {
      const rect = clipped(
        Math.min(x0, x1) - brush.radius,
        Math.min(y0, y1) - brush.radius,
        Math.max(x0, x1) + brush.radius,
        Math.max(y0, y1) + brush.radius,
        width,
        height,
      );
      if (!rect) return undefined;
      stampLine(data, width, rect, [x0, y0, x1, y1], brush);
      if (started) started.touched = union(started.touched, rect);
      return rect;
    },
    end() {
      const { whole, touched } = started ?? {};
      started = undefined;
      if (!whole || !touched) return;
      strokes.push({ rect: touched, before: cut(whole, width, touched) });
      if (strokes.length > MOST_STROKES) strokes.shift();
    },
    undo() {
      const stroke = strokes.pop();
      if (!stroke) return undefined;
      paste(stroke.before, data, width, stroke.rect);
      return stroke.rect;
    },
  };
}

function stampLine(
  data: Uint8Array,
  stride: number,
  rect: Rect,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  { keep, radius }: Brush,
): void {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const length2 = dx * dx + dy * dy;
  for (let y = rect.top; y < rect.top + rect.height; y++) {
    for (let x = rect.left; x < rect.left + rect.width; x++) {
      const along = length2 === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length2;
      const t = Math.min(1, Math.max(0, along));
      const distance = Math.hypot(x - x0 - t * dx, y - y0 - t * dy) / radius;
      if (distance >= 1) continue;
      const strength = distance <= HARD ? 1 : (1 - distance) / (1 - HARD);
      const at = y * stride + x;
      const old = data[at]!;
      const wanted = Math.round(keep ? strength * 255 : (1 - strength) * 255);
      data[at] = keep ? Math.max(old, wanted) : Math.min(old, wanted);
    }
  }
}

function clipped(
  left: number,
  top: number,
  right: number,
  bottom: number,
  width: number,
  height: number,
): Rect | undefined {
  const l = Math.max(0, Math.floor(left));
  const t = Math.max(0, Math.floor(top));
  const r = Math.min(width, Math.ceil(right) + 1);
  const b = Math.min(height, Math.ceil(bottom) + 1);
  return r > l && b > t ? { left: l, top: t, width: r - l, height: b - t } : undefined;
}

function union(a: Rect | undefined, b: Rect): Rect {
  if (!a) return b;
  const left = Math.min(a.left, b.left);
  const top = Math.min(a.top, b.top);
  const right = Math.max(a.left + a.width, b.left + b.width);
  const bottom = Math.max(a.top + a.height, b.top + b.height);
  return { left, top, width: right - left, height: bottom - top };
}

function cut(data: Uint8Array, stride: number, { left, top, width, height }: Rect): Uint8Array {
  const piece = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * stride + left;
    piece.set(data.subarray(from, from + width), row * width);
  }
  return piece;
}

function paste(
  piece: Uint8Array,
  data: Uint8Array,
  stride: number,
  { left, top, width, height }: Rect,
): void {
  for (let row = 0; row < height; row++)
    data.set(piece.subarray(row * width, (row + 1) * width), (top + row) * stride + left);
}

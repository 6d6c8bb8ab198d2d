// Where tiles lie: one shape for all of them, edge tiles shifted inward until they are flush with the border
// and never padded, because a network's own zero padding then falls where it falls untiled.
import type { Box } from './picture.ts';

export interface TileRequest {
  readonly width: number;
  readonly height: number;
  /** How far an output pixel can see, in input pixels. */
  readonly field: number;
  /** Overlap to blend over instead, for fields too large to cover. */
  readonly blend?: number | undefined;
  /** Tile sides and positions are multiples of this. */
  readonly multiple: number;
  /** A tile has at most maxSide² pixels, but its sides never fall far below twice the overlap. */
  readonly maxSide: number;
  /** Where such tiles would waste more than a set share on overlap, they grow, to at most this² pixels. */
  readonly mostSide?: number | undefined;
  /** Where given, the tile has one of these shapes: on a GPU each new shape costs a search. */
  readonly shapes?: readonly { readonly width: number; readonly height: number }[] | undefined;
}

/** One tile: what goes in, and the part of it that is kept. Both in input pixels of the whole picture. */
export interface Tile {
  readonly box: Box;
  readonly keep: Box;
}

export interface TilePlan {
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** Row by row. */
  readonly tiles: readonly Tile[];
  /** Width of the ramp over which neighbours are mixed; 0 for a plain cut. */
  readonly ramp: number;
}

/** A tile may be this much longer than the square of the same area: flatter ones waste more on overlap. */
const MAX_STRETCH = 2;

/** Share of the processed pixels beyond which a larger tile is worth its memory. */
const MAX_WASTE = 0.15;

/** A plan that covers the picture with the fewest processed pixels that tiles of the size can do with. */
export function planTiles(request: TileRequest): TilePlan {
  const width = roundUp(request.width, request.multiple);
  const height = roundUp(request.height, request.multiple);
  const overlap = roundUp(request.blend ?? 2 * request.field, request.multiple);
  const shape = request.shapes
    ? chooseShape(width, height, overlap, request.shapes)
    : freeShape(width, height, overlap, request);
  const xs = axis(width, shape.width, shape.columns, request.multiple);
  const ys = axis(height, shape.height, shape.rows, request.multiple);
  const tiles = ys.flatMap((y) =>
    xs.map((x) => ({
      box: { left: x.start, top: y.start, width: shape.width, height: shape.height },
      keep: clip(x, y, request.width, request.height),
    })),
  );
  // The outer quarters of the overlap are what a net's zero padding reaches first; only the middle is mixed.
  const ramp = request.blend === undefined ? 0 : Math.floor(overlap / 2);
  return {
    tileWidth: shape.width,
    tileHeight: shape.height,
    columns: xs.length,
    rows: ys.length,
    tiles,
    ramp,
  };
}

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
}

function processed(shape: Shape): number {
  return shape.width * shape.columns * shape.height * shape.rows;
}

/** The shape that processes least; where that is much, the smallest larger one that does not. */
function freeShape(width: number, height: number, overlap: number, request: TileRequest): Shape {
  const { maxSide, mostSide = maxSide, multiple } = request;
  const usual = shapesUpTo(maxSide, width, height, overlap, multiple).reduce(leastProcessed);
  const bound = (request.width * request.height) / (1 - MAX_WASTE);
  if (mostSide <= maxSide || processed(usual) <= bound) return usual;
  const larger = shapesUpTo(mostSide, width, height, overlap, multiple);
  const frugal = larger.filter((shape) => processed(shape) <= bound);
  return frugal.length > 0 ? frugal.reduce(smallest) : larger.reduce(leastProcessed, usual);
}

function leastProcessed(a: Shape, b: Shape): Shape {
  return processed(b) < processed(a) ? b : a;
}

function smallest(a: Shape, b: Shape): Shape {
  return b.width * b.height < a.width * a.height ? b : a;
}

/** Never empty: where the overlap leaves no room in so small a tile, the smallest that still advances. */
function shapesUpTo(
  maxSide: number,
  width: number,
  height: number,
  overlap: number,
  multiple: number,
): Shape[] {
  const across = sides(width, overlap, maxSide * MAX_STRETCH, multiple);
  const down = sides(height, overlap, maxSide * MAX_STRETCH, multiple);
  const all = across.flatMap((x) =>
    down.map((y) => ({ width: x.side, height: y.side, columns: x.count, rows: y.count })),
  );
  const fitting = all.filter((shape) => shape.width * shape.height <= maxSide * maxSide);
  return fitting.length > 0 ? fitting : all.slice(-1);
}

/**
 * For 1, 2, 3 … tiles along an axis: the shortest side with which they cover it, as far as they are no longer
 * than `longest`; where none is, the shortest of all.
 */
function sides(
  length: number,
  overlap: number,
  longest: number,
  multiple: number,
): { side: number; count: number }[] {
  const all: { side: number; count: number }[] = [];
  for (let count = 1; ; count++) {
    const side = Math.max(roundUp(Math.ceil((length + (count - 1) * overlap) / count), multiple), multiple);
    if (count > 1 && side <= overlap + multiple) break;
    // More tiles of the same side would only overlap more.
    if (side !== all.at(-1)?.side) all.push({ side, count });
    if (side <= 2 * overlap + multiple) break;
  }
  const fitting = all.filter(({ side }) => side <= longest);
  return fitting.length > 0 ? fitting : all.slice(-1);
}

function chooseShape(
  width: number,
  height: number,
  overlap: number,
  shapes: NonNullable<TileRequest['shapes']>,
): Shape {
  const candidates = shapes.map((shape) => ({
    ...shape,
    columns: tilesAlong(width, shape.width, overlap),
    rows: tilesAlong(height, shape.height, overlap),
  }));
  return candidates.reduce((best, shape) => (processed(shape) < processed(best) ? shape : best));
}

function tilesAlong(length: number, side: number, overlap: number): number {
  return length <= side ? 1 : Math.ceil((length - overlap) / Math.max(1, side - overlap));
}

interface Span {
  readonly start: number;
  readonly keepFrom: number;
  readonly keepTo: number;
}

/** Positions along an axis, spread evenly, the first and last flush; neighbours meet in the middle of their overlap. */
function axis(length: number, side: number, count: number, multiple: number): Span[] {
  const last = Math.max(0, length - side);
  const starts = Array.from({ length: count }, (_, i) =>
    i === count - 1 ? last : Math.floor((last * i) / Math.max(1, count - 1) / multiple) * multiple,
  );
  const meet = (i: number): number => Math.floor((starts[i]! + starts[i - 1]! + side) / 2);
  return starts.map((start, i) => ({
    start,
    keepFrom: i === 0 ? 0 : meet(i),
    keepTo: i === count - 1 ? length : meet(i + 1),
  }));
}

function clip(x: Span, y: Span, width: number, height: number): Box {
  return {
    left: x.keepFrom,
    top: y.keepFrom,
    width: Math.min(x.keepTo, width) - x.keepFrom,
    height: Math.min(y.keepTo, height) - y.keepFrom,
  };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

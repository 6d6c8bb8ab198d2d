// One picture that shows every photo, its cut-out and its looks: people would rather look than read.
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { emptyPlane, paste } from '../../shared/image/picture.ts';
import { label, thumbnail } from '../../shared/image/thumbnail.ts';

export interface ContactSheet {
  /** A picture of the photo with this index; names that have no column are ignored. */
  show(index: number, name: string, picture: Picture): Promise<void>;
  /** The line above a photo's row. */
  caption(index: number, text: string): Promise<void>;
  /** The sheet as far as it has come. */
  readonly plane: Plane;
}

const PAPER = 0xfa;
const LARGEST_CELL = 360;
const SMALLEST_CELL = 48;
/** The sheet stays below this however many photos there are: beyond some 1,500 the last ones have no row. */
const MOST_PIXELS = 24_000_000;

/** @param columns names of pictures, from left to right, with their headings */
export function createContactSheet(photos: number, columns: ReadonlyMap<string, string>): ContactSheet {
  const { cell, gap, line, step, rowHeight, width, head } = layOut(photos, columns.size);
  const rows = Math.min(photos, Math.floor((MOST_PIXELS / width - head) / rowHeight));
  const plane = emptyPlane(width, head + rows * rowHeight, 3);
  plane.data.fill(PAPER);
  /** Height of the tallest picture of each row. */
  const tallest = new Uint32Array(rows);
  const names = [...columns.keys()];
  const headings = [...columns.values()].map((heading, column) =>
    write(heading, gap + column * step, gap, cell),
  );

  return {
    get plane() {
      return closeGaps();
    },
    async show(index, name, picture) {
      const column = names.indexOf(name);
      if (column < 0 || index >= rows) return;
      const small = await thumbnail(picture, cell);
      const left = gap + column * step + ((cell - small.width) >> 1);
      const top = head + index * rowHeight + line;
      tallest[index] = Math.max(tallest[index]!, small.height);
      paste(small, { left: 0, top: 0, width: small.width, height: small.height }, plane, left, top);
    },
    async caption(index, text) {
      await Promise.all(headings);
      if (index >= rows) return;
      await write(text, gap, head + index * rowHeight, width - 2 * gap);
    },
  };

  /** Rows of wide pictures need not be as high as their cells. */
  function closeGaps(): Plane {
    const heights = [...tallest].map((height) => line + (height || cell) + gap);
    const closed = emptyPlane(width, head + heights.reduce((sum, height) => sum + height, 0), 3);
    closed.data.fill(PAPER);
    paste(plane, { left: 0, top: 0, width, height: head }, closed, 0, 0);
    let top = head;
    for (const [index, height] of heights.entries()) {
      paste(plane, { left: 0, top: head + index * rowHeight, width, height: height - gap }, closed, 0, top);
      top += height;
    }
    return closed;
  }

  async function write(text: string, left: number, top: number, room: number): Promise<void> {
    const words = await label(text, room, line, PAPER);
    if (words) paste(words, { left: 0, top: 0, width: words.width, height: words.height }, plane, left, top);
  }
}

/** Sizes with the largest cell that keeps the sheet within its pixels. */
function layOut(photos: number, columns: number) {
  for (let cell = LARGEST_CELL; ; cell--) {
    const gap = Math.max(4, Math.round(cell / 20));
    const line = Math.max(16, Math.round(cell / 12));
    const step = cell + gap;
    const rowHeight = line + step;
    const width = gap + columns * step;
    const head = gap + line;
    if (cell === SMALLEST_CELL || width * (head + photos * rowHeight) <= MOST_PIXELS)
      return { cell, gap, line, step, rowHeight, width, head };
  }
}

// Where the subject goes in remove.bg's result: first the size of the picture, then the crop with its margins, then the
// subject scaled and placed in what that leaves.
import { scaleBox } from '../../shared/image/frame.ts';
import type { Box } from '../../shared/image/picture.ts';
import type { RemovebgWish } from './removebg-parameters.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface RemovebgFrame {
  /** Of the whole cut-out before anything else. */
  readonly resized: Size;
  readonly result: Size;
  /** The part of the resized cut-out that is the result; it may reach over the border. Without `placed`. */
  readonly frame: Box;
  /** The subject in the result. */
  readonly subject: Box;
  /** The subject is taken out of the unresized cut-out and put at `subject`. */
  readonly isPlaced: boolean;
}

const MEGA = 1_000_000;

/** @param cutout in pixels, and the subject in it */
export function removebgFrame(cutout: Size, subject: Box, wish: RemovebgWish): RemovebgFrame {
  const { megapixels, crop, scale, position } = wish;
  const pixels = cutout.width * cutout.height;
  const factor = megapixels === undefined ? 1 : Math.min(1, Math.sqrt((megapixels * MEGA) / pixels));
  const resized = {
    width: Math.max(1, Math.floor(cutout.width * factor)),
    height: Math.max(1, Math.floor(cutout.height * factor)),
  };
  const box = scaleBox(subject, cutout, resized);
  const frame = crop ? withMargins(box, wish.margins) : { ...resized, left: 0, top: 0 };
  const standing = { ...box, left: box.left - frame.left, top: box.top - frame.top };
  const isPlaced = scale !== undefined || position !== 'original';
  const placed = isPlaced ? place(standing, frame, scale, position) : standing;
  const result = { width: frame.width, height: frame.height };
  return { resized, result, frame, subject: placed, isPlaced };
}

function withMargins(box: Box, { top, right, bottom, left }: RemovebgWish['margins']): Box {
  const pixels = ({ amount, isShare }: typeof top, side: number): number =>
    Math.round(isShare ? amount * side : amount);
  const [above, below] = [pixels(top, box.height), pixels(bottom, box.height)];
  const [before, after] = [pixels(left, box.width), pixels(right, box.width)];
  return {
    left: box.left - before,
    top: box.top - above,
    width: box.width + before + after,
    height: box.height + above + below,
  };
}

/** @param standing the subject as it stands in the frame */
function place(
  standing: Box,
  frame: Size,
  scale: RemovebgWish['scale'],
  position: RemovebgWish['position'],
): Box {
  const factor =
    scale === undefined ? 1 : scale * Math.min(frame.width / standing.width, frame.height / standing.height);
  const width = Math.max(1, Math.round(standing.width * factor));
  const height = Math.max(1, Math.round(standing.height * factor));
  const free = { x: frame.width - width, y: frame.height - height };
  const at =
    position === 'original'
      ? // About its own middle, as far as there is room.
        {
          x: clamp(standing.left + (standing.width - width) / 2, free.x),
          y: clamp(standing.top + (standing.height - height) / 2, free.y),
        }
      : { x: position.x * free.x, y: position.y * free.y };
  return { left: Math.round(at.x), top: Math.round(at.y), width, height };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

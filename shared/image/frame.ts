// Where a delivered picture is cut: the whole, or the subject with a margin, which may reach over the border.
import type { Box, Picture, Plane } from './picture.ts';
import { alphaPlane, emptyPlane, paste, withAlpha } from './picture.ts';

export interface FrameOptions {
  readonly crop: boolean;
  /** `5%` of the subject's longer side, or `40px`. */
  readonly margin: string;
}

/** The frame in the picture's pixels; left and top may be negative. */
export function frameOf(picture: Plane, subject: Box, options: FrameOptions): Box {
  if (!options.crop) return { left: 0, top: 0, width: picture.width, height: picture.height };
  const margin = marginPixels(options.margin, subject);
  return {
    left: subject.left - margin,
    top: subject.top - margin,
    width: subject.width + 2 * margin,
    height: subject.height + 2 * margin,
  };
}

function marginPixels(margin: string, subject: Box): number {
  const amount = Number.parseFloat(margin);
  if (margin.endsWith('px')) return Math.round(amount);
  return Math.round((amount / 100) * Math.max(subject.width, subject.height));
}

/** The part of a cut-out that is in the frame; transparent where the frame reaches over the border. */
export function applyFrame(picture: Picture, frame: Box): Picture {
  if (frame.left === 0 && frame.top === 0 && frame.width === picture.width && frame.height === picture.height)
    return picture;
  const alpha = alphaPlane(picture) ?? opaque(picture);
  return {
    ...withAlpha(inFrame(picture, frame), inFrame(alpha, frame)),
    ...(picture.grey && { grey: true }),
  };
}

function inFrame(plane: Plane, frame: Box): Plane {
  const framed = emptyPlane(frame.width, frame.height, plane.channels);
  const left = Math.max(0, frame.left);
  const top = Math.max(0, frame.top);
  const width = Math.min(plane.width, frame.left + frame.width) - left;
  const height = Math.min(plane.height, frame.top + frame.height) - top;
  if (width > 0 && height > 0)
    paste(plane, { left, top, width, height }, framed, left - frame.left, top - frame.top);
  return framed;
}

function opaque(picture: Picture): Plane {
  const plane = emptyPlane(picture.width, picture.height, 1);
  plane.data.fill(255);
  return plane;
}

/** A box in another size of the same picture. */
export function scaleBox(
  box: Box,
  from: { width: number; height: number },
  to: { width: number; height: number },
): Box {
  const x = to.width / from.width;
  const y = to.height / from.height;
  const left = Math.floor(box.left * x);
  const top = Math.floor(box.top * y);
  return {
    left,
    top,
    width: Math.min(to.width, Math.ceil((box.left + box.width) * x)) - left,
    height: Math.min(to.height, Math.ceil((box.top + box.height) * y)) - top,
  };
}

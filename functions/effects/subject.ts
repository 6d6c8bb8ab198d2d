// What of a cut-out its looks are made of: the box that is seen, and what their filters see around it.
import { seenBox } from '../../shared/image/look.ts';
import type { Box, Picture, Plane } from '../../shared/image/picture.ts';
import { alphaPlane, cut, emptyPlane, paste, withAlpha } from '../../shared/image/picture.ts';

/**
 * @param field how many pixels around the seen ones count; at least 1, so that the box ends in unseen ones
 * @returns undefined when nothing is seen
 */
export function subjectBox(cutout: Picture, field: number): Box | undefined {
  const alpha = alphaPlane(cutout);
  const seen = alpha ? seenBox(alpha) : wholeBox(cutout);
  if (!seen) return undefined;
  const left = Math.max(0, seen.left - field);
  const top = Math.max(0, seen.top - field);
  const right = Math.min(cutout.width, seen.left + seen.width + field);
  const bottom = Math.min(cutout.height, seen.top + seen.height + field);
  return { left, top, width: right - left, height: bottom - top };
}

export function wholeBox({ width, height }: Plane): Box {
  return { left: 0, top: 0, width, height };
}

/** The part of a cut-out in the box; the very same bytes where the box is all of it. */
export function take(cutout: Picture, box: Box): { readonly colour: Plane; readonly alpha?: Plane } {
  const part = (plane: Plane): Plane => (isWhole(box, plane) ? plane : cut(plane, box));
  const alpha = alphaPlane(cutout);
  return { colour: part(withAlpha(cutout, undefined)), ...(alpha && { alpha: part(alpha) }) };
}

/** A look of that part at its place, black around it, with the cut-out's alpha; all black where nothing was seen. */
export function putBack(look: Plane | undefined, box: Box | undefined, cutout: Picture): Picture {
  const alpha = alphaPlane(cutout);
  if (look && box && isWhole(box, cutout)) return withAlpha(look, alpha);
  const whole = emptyPlane(cutout.width, cutout.height, 3);
  if (look && box) paste(look, wholeBox(look), whole, box.left, box.top);
  return withAlpha(whole, alpha);
}

function isWhole(box: Box, of: Plane): boolean {
  return box.width === of.width && box.height === of.height;
}

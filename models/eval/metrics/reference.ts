// The truth that a matte is measured against: alpha, and which of it is known.
import type { Plane } from '../../../shared/image/picture.ts';

export interface Reference {
  readonly width: number;
  readonly height: number;
  /** width·height samples, 0 background … 255 subject. */
  readonly alpha: Uint8Array<ArrayBuffer>;
  /** width·height samples, 0 where nobody knows; absent where all is known. */
  readonly known?: Uint8Array<ArrayBuffer>;
}

/** The label for “unknown” in masks of 0, 128 and 255. */
export const UNKNOWN = 128;

/** @param labelled 128 means unknown, as in sets of labels; in a matte it means half transparent */
export function referenceFrom(plane: Plane, labelled: boolean): Reference {
  const { width, height, data: alpha } = plane;
  if (!labelled || !alpha.includes(UNKNOWN)) return { width, height, alpha };
  return { width, height, alpha, known: alpha.map((sample) => (sample === UNKNOWN ? 0 : 255)) };
}

/**
 * The reference with what is unknown taken from the matte. Measures that look around a pixel need a value
 * everywhere; where nobody knows, the matte is given right, so that it is neither blamed nor sees an edge that
 * only the label draws.
 */
export function completedBy(matte: Plane, { width, height, alpha, known }: Reference): Plane {
  if (!known) return { width, height, channels: 1, data: alpha };
  const data = alpha.map((sample, i) => (known[i] === 0 ? matte.data[i]! : sample));
  return { width, height, channels: 1, data };
}

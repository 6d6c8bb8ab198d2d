// How large the picture may be printed, in the words of the size list that a shop offers.

import type { PrintCheck } from '../../../shared/print-size.ts';
import { checkPrint } from '../../../shared/print-size.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The largest of the sizes that is sharp; undefined where none is. @param sizes as `20x30cm`, the smallest first */
export function sharpUpTo(picture: Size, sizes: readonly string[]): string | undefined {
  return sizes.findLast((size) => checkPrint(picture, size).verdict === 'sharp');
}

/** `20 × 30 cm` of `20x30cm`. */
export function sizeTitle(size: string): string {
  return size.replace(/^([\d.]+)x([\d.]+)(\w+)$/, '$1 × $2 $3');
}

const keys = { sharp: 'size.sharp', 'good on a wall': 'size.wall', 'too few pixels': 'size.few' } as const;

export function verdictOf(
  picture: Size,
  size: string,
): { readonly key: string } & Pick<PrintCheck, 'dpi' | 'verdict'> {
  const { dpi, verdict } = checkPrint(picture, size);
  return { key: keys[verdict], dpi, verdict };
}

/** Those that are sizes, by their area. */
export function sizesIn(text: string): string[] {
  const area = (size: string): number => {
    const [, a = '0', b = '0', unit] = /^([\d.]+)x([\d.]+)(cm|mm|in)$/.exec(size) ?? [];
    const factor = unit === 'mm' ? 0.1 : unit === 'in' ? 2.54 : 1;
    return Number(a) * Number(b) * factor * factor;
  };
  return text
    .split(',')
    .map((size) => size.trim())
    .filter((size) => area(size) > 0)
    .sort((a, b) => area(a) - area(b));
}

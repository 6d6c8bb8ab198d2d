// How large a picture may be printed.

const CM_PER_INCH = 2.54;
const CM_PER_UNIT = { cm: 1, mm: 0.1, in: CM_PER_INCH } as const;
/** What print shops call sharp at reading distance, and good enough on a wall. */
export const PRINT_DPIS = [300, 150] as const;

export interface PrintSize {
  readonly dpi: number;
  readonly width_cm: number;
  readonly height_cm: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The largest print at each of PRINT_DPIS, in centimetres rounded down to millimetres. */
export function largestPrints(picture: Size): PrintSize[] {
  return PRINT_DPIS.map((dpi) => ({
    dpi,
    width_cm: floorTo(0.1, (picture.width / dpi) * CM_PER_INCH),
    height_cm: floorTo(0.1, (picture.height / dpi) * CM_PER_INCH),
  }));
}

export interface PrintCheck {
  readonly size: string;
  /** Resolution of the picture when it fills that size, either way up, with nothing cut off its long side. */
  readonly dpi: number;
  readonly verdict: 'sharp' | 'good on a wall' | 'too few pixels';
}

/** @param size as `20x30cm`, `8x10in` or `200x300mm` */
export function checkPrint(picture: Size, size: string): PrintCheck {
  const [, a, b, unit] = /^([\d.]+)x([\d.]+)(cm|mm|in)$/.exec(size) ?? [];
  if (!unit) throw new RangeError(`Expected a size such as 20x30cm but received '${size}'`);
  const sides = [Number(a), Number(b)].map(
    (side) => (side * CM_PER_UNIT[unit as keyof typeof CM_PER_UNIT]) / CM_PER_INCH,
  );
  const long = Math.max(picture.width, picture.height) / Math.max(...sides);
  const short = Math.min(picture.width, picture.height) / Math.min(...sides);
  const dpi = Math.floor(Math.min(long, short));
  const [sharp, good] = PRINT_DPIS;
  return { size, dpi, verdict: dpi >= sharp ? 'sharp' : dpi >= good ? 'good on a wall' : 'too few pixels' };
}

function floorTo(step: number, value: number): number {
  return Number((Math.floor(value / step + 1e-9) * step).toFixed(1));
}

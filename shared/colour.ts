// Colours as people write them.

/** Red, green and blue in sRGB, 0–255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** `#rrggbb` or `#rgb`, in either case; undefined for anything else. */
export function parseColour(text: string): Colour | undefined {
  const [, short, long] = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/i.exec(text) ?? [];
  const digits = long ?? short?.replace(/./g, '$&$&');
  if (!digits) return undefined;
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

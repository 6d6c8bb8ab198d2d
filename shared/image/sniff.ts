// The content decides what a file is, never its name or declared type.

export const supportedFormats = ['JPEG', 'PNG', 'WEBP', 'AVIF', 'GIF', 'BMP', 'HEIC'] as const;

export type PictureFormat = (typeof supportedFormats)[number];

/** How many leading bytes `sniff` looks at, at most. */
export const SNIFF_BYTES = 64;

const heicBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);
const avifBrands = new Set(['avif', 'avis']);

/** The format that a file's first bytes announce, or undefined when it is none of ours. */
export function sniff(head: Uint8Array): PictureFormat | undefined {
  if (startsWith(head, [0xff, 0xd8, 0xff])) return 'JPEG';
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'PNG';
  if (text(head, 0, 4) === 'RIFF' && text(head, 8, 12) === 'WEBP') return 'WEBP';
  if (text(head, 0, 6) === 'GIF87a' || text(head, 0, 6) === 'GIF89a') return 'GIF';
  if (text(head, 0, 2) === 'BM' && head.length >= 26) return 'BMP';
  if (text(head, 4, 8) === 'ftyp') return sniffIsoBrands(head);
  return undefined;
}

/** A name for what was received, for the public answer: ours, or a guess at well-known others. */
export function describeContent(head: Uint8Array): string {
  const ours = sniff(head);
  if (ours) return ours;
  if (head.length === 0) return 'empty file';
  if (text(head, 0, 5) === '%PDF-') return 'PDF';
  if (startsWith(head, [0x49, 0x49, 0x2a, 0x00]) || startsWith(head, [0x4d, 0x4d, 0x00, 0x2a])) return 'TIFF';
  if (/^\s*<(\?xml|svg|!doctype|html)/i.test(text(head, 0, SNIFF_BYTES))) return 'SVG, XML or HTML';
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return 'ZIP';
  return 'unknown';
}

// ISO/IEC 14496-12, 4.3: size, 'ftyp', major brand, minor version, compatible brands. AVIF files may name
// mif1 as their major brand, so any AVIF brand wins.
function sniffIsoBrands(head: Uint8Array): PictureFormat | undefined {
  const size = ((head[0] ?? 0) << 24) | ((head[1] ?? 0) << 16) | ((head[2] ?? 0) << 8) | (head[3] ?? 0);
  const end = Math.min(head.length, size > 0 ? size : head.length);
  const brands = [text(head, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text(head, at, at + 4));
  if (brands.some((brand) => avifBrands.has(brand))) return 'AVIF';
  if (brands.some((brand) => heicBrands.has(brand))) return 'HEIC';
  return undefined;
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

function text(head: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...head.subarray(from, to));
}

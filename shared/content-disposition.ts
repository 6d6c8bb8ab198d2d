// What a browser is to call a file that it saves: a name of the caller's own words, in a header.

/** Long enough for an order's number and a pet's name; file systems take 255 bytes. */
const LONGEST = 100;

/**
 * One path segment that every file system takes: separators, control characters and what Windows forbids become `-`.
 * @returns undefined where nothing is left
 */
export function fileNameOf(text: string): string | undefined {
  const plain = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029/\\:*?"<>|]+/gu, '-')
    .trim()
    .replace(/^[.\s-]+|[.\s-]+$/g, '');
  const short = Array.from(plain)
    .slice(0, LONGEST)
    .join('')
    .replace(/[.\s-]+$/, '');
  return short === '' ? undefined : short;
}

/** As RFC 6266 wants it: a name in ASCII for old readers, and where it differs the whole one as RFC 5987 writes it. */
export function contentDisposition(kind: 'inline' | 'attachment', filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]/gu, '_').replace(/["\\%]/g, '_');
  const plain = `${kind}; filename="${ascii}"`;
  return ascii === filename ? plain : `${plain}; filename*=UTF-8''${encodeExtended(filename)}`;
}

/** RFC 5987's attr-char is narrower than what encodeURIComponent leaves. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

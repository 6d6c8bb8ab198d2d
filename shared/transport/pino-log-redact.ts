// What never gets into a line: secrets by their key, passwords and queries of addresses (a signed URL is its query),
// and whole pictures.

const GONE = '[redacted]';

const secretKey =
  /authorization|token|secret|signature|password|passwd|cookie|credential|api[-_]?key|private[-_]?key/i;

/** Cloud Logging takes entries of 256 KiB; nobody reads a text of this length. */
const LONGEST_TEXT = 16_384;
const DEEPEST = 6;
const MOST_ITEMS = 100;

/** Anything as what JSON can hold, without secrets. Never throws. */
export function redact(value: unknown, depth = 0): unknown {
  try {
    return plain(value, depth);
  } catch {
    // A getter or toJSON of somebody else's.
    return '[unreadable]';
  }
}

export function redactText(text: string): string {
  const short =
    text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : text;
  return short
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi, `$1${GONE}@`)
    .replace(/(\bhttps?:\/\/[^\s?#"'<>]*)\?[^\s"'<>]*/gi, `$1?${GONE}`)
    .replace(/([?&][\w.-]*(?:signature|token|secret|credential|api_?key)[\w.-]*=)[^\s&"'<>]+/gi, `$1${GONE}`)
    .replace(/\b(Bearer\s+)[\w.~+/=-]{8,}/gi, `$1${GONE}`)
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, GONE);
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return redactText(value.href);
  if (value instanceof Error) return redactText(`${value.name}: ${value.message}`);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  // A circle is deep, too.
  if (depth >= DEEPEST) return '[deeper]';
  if (value instanceof Map) return plain(Object.fromEntries(value), depth);
  if (value instanceof Set) return plain([...value], depth);
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => redact(item, depth + 1));
    return value.length > MOST_ITEMS ? [...items, `… ${value.length} in all`] : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    hidden(key, item) ? GONE : redact(item, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function hidden(key: string, value: unknown): boolean {
  return secretKey.test(key) && value !== undefined && value !== null && typeof value !== 'boolean';
}

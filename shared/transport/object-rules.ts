// What both faces of the object store ask of their callers.
import { CutlineError } from '../errors.ts';
import type { ObjectName } from '../gs-uri.ts';
import { formatUri, isObjectName } from '../gs-uri.ts';
import { checkBytes, defaultLimits } from '../image/limits.ts';

/** Anything else is absent: a message may name whatever it likes. */
export function isKnown(buckets: readonly string[], object: ObjectName): boolean {
  return buckets.includes(object.bucket) && isObjectName(object);
}

/** @throws INTERNAL: where to write is decided by this program, so a wrong place is a fault of its own */
export function checkWritable(buckets: readonly string[], object: ObjectName): void {
  if (isKnown(buckets, object)) return;
  const message = `Expected an object of ${buckets.join(' or ')} to write but received ${formatUri(object)}`;
  throw new CutlineError('INTERNAL', { message });
}

/** @throws FILE_TOO_LARGE */
export function checkReadable(bytes: number, maxBytes: number): void {
  checkBytes(bytes, { ...defaultLimits, maxFileBytes: maxBytes });
}

/** Cloud Storage keeps the case of keys over one of its two protocols and not over the other. */
export function withLowerCaseKeys(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value]));
}

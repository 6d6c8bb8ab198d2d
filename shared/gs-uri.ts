// Names of objects as they travel in messages and stand in records: gs://bucket/object#generation.
import { z } from 'zod';

export interface ObjectName {
  readonly bucket: string;
  /** Without a leading slash; segments joined by `/`. */
  readonly name: string;
}

/** One version of an object; another write of the same name has another generation. */
export interface ObjectVersion extends ObjectName {
  /** Decimal digits, as 64 bits do not fit a number. */
  readonly generation: string;
}

/** Cloud Storage's own limits. */
const bucketPattern = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const MAX_NAME_BYTES = 1024;

/** Can it be an object of a bucket and, in the same words, a file in a folder that nothing climbs out of? */
export function isObjectName({ bucket, name }: ObjectName): boolean {
  return (
    bucketPattern.test(bucket) &&
    name.length > 0 &&
    name.isWellFormed() &&
    new TextEncoder().encode(name).length <= MAX_NAME_BYTES &&
    !hasControlCharacter.test(name) &&
    name.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  );
}

// A backslash is a separator on Windows, where the embedded store may run.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const hasControlCharacter = /[\u0000-\u001f\u007f\\]/;

export function formatUri(object: ObjectName | ObjectVersion): string {
  const generation = 'generation' in object ? `#${object.generation}` : '';
  return `gs://${object.bucket}/${object.name}${generation}`;
}

/** `undefined` for what is no URI of a version of a proper object. A `#` in the name is kept: the last one counts. */
export function parseUri(uri: string): ObjectVersion | undefined {
  const [, bucket, name, generation] = /^gs:\/\/([^/]+)\/(.+)#(\d{1,20})$/s.exec(uri) ?? [];
  if (bucket === undefined || name === undefined || generation === undefined) return undefined;
  return isObjectName({ bucket, name }) ? { bucket, name, generation } : undefined;
}

/** A pinned object in a message or record. */
export const uriSchema = z
  .string()
  .refine(
    (text) => parseUri(text) !== undefined,
    'Expected gs://bucket/object#generation without . or .. segments',
  );

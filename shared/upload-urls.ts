// The port that gives out URLs to which a browser puts one photo, straight into the bucket. What the URL was made for is
// signed: type, sizes, metadata, and that nothing is replaced.
import type { ObjectName } from './gs-uri.ts';

export interface UploadTerms {
  readonly contentType: string;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Custom metadata; values in visible ASCII with single spaces between, since they travel as headers. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; at most seven days from now. */
  readonly expiresMs: number;
}

export interface UploadUrl {
  readonly url: string;
  readonly method: 'PUT';
  /** All of them have to be sent as they are, and no other that begins with `x-goog-`. */
  readonly headers: Readonly<Record<string, string>>;
  /** ISO 8601, whole seconds. */
  readonly expires: string;
}

export interface UploadUrls {
  /** @throws STORE_UNAVAILABLE when nothing can be signed today, INTERNAL for terms that cannot travel */
  create(object: ObjectName, terms: UploadTerms): Promise<UploadUrl>;
}

/** The headers by which both faces hold the caller to the terms, in Cloud Storage's words. */
export function uploadHeaders(terms: UploadTerms): Record<string, string> {
  const metadata = Object.entries(terms.metadata).map(([key, value]) => [`${METADATA}${key}`, value]);
  return {
    'content-type': terms.contentType,
    'x-goog-content-length-range': `${terms.minBytes},${terms.maxBytes}`,
    'x-goog-if-generation-match': '0',
    ...Object.fromEntries(metadata),
  };
}

export const METADATA = 'x-goog-meta-';

/** What a header carries unchanged and what signing does not fold: visible ASCII, single spaces between. */
export function travelsAsHeader(value: string): boolean {
  return /^([!-~]+( [!-~]+)*)?$/.test(value);
}

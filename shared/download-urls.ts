// The port to addresses at which an object can be fetched for a while by whoever has the address: what is too large for
// an answer of ours.
import type { ObjectVersion } from './gs-uri.ts';

export interface DownloadTerms {
  /** The header Content-Disposition of the answer, in ASCII. */
  readonly disposition: string;
  readonly contentType: string;
  /** Milliseconds since 1970; at most seven days from now. */
  readonly expiresMs: number;
}

export interface DownloadUrl {
  /** For GET, with no further header. */
  readonly url: string;
  /** ISO 8601, whole seconds. */
  readonly expires: string;
}

export interface DownloadUrls {
  /** @throws STORE_UNAVAILABLE when nothing can be signed today, INTERNAL for a bucket that is not ours */
  create(object: ObjectVersion, terms: DownloadTerms): Promise<DownloadUrl>;
}

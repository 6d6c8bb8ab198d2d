// A tenant: a shop whose servers hold keys, and what it may.

/** What a key's tier allows, in requests a minute. */
export const tiers = { free: 30, basic: 100, pro: 1000 } as const;
export type Tier = keyof typeof tiers;

export interface Tenant {
  /** SHA-256 of each key, 64 hexadecimal digits in lower case. */
  readonly keys: readonly string[];
  readonly tier: Tier;
  /** How many photos a day (UTC) are taken; undefined: as many as come. */
  readonly dailyPhotos: number | undefined;
  /** Whose pages a browser token may be made for, as browsers write an origin; empty: any. */
  readonly origins: readonly string[];
}

/** Jobs of those without a key, and of an operator's own tries. No tenant has such a name. */
export const ANONYMOUS = 'anonymous';
export const OPERATOR = 'operator';

/** As browsers write it: scheme, host and a port that is not the scheme's own; nothing else, and never `null`. */
export function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.parse(text)?.origin === text;
}

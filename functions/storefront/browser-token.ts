// Browser tokens: what a shop's server hands to one page, so that the page can upload without the shop's key. Bound to a
// tenant, one origin, a time, and the options that the shop fixed. Nothing of them is stored.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { CutlineError } from '../../shared/errors.ts';
import type { JobOptions } from '../../shared/job.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import { tenantSchema } from '../../shared/message.ts';
import { isOrigin } from '../../shared/tenant.ts';
import type { RandomBytes } from '../../shared/trace.ts';

export interface BrowserToken {
  /** 16 hexadecimal digits: what its holder's requests are counted by. */
  readonly id: string;
  readonly tenant: string;
  readonly origin: string;
  /** They win over what the page asks for. */
  readonly options: Partial<JobOptions>;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

export interface TokenWishes {
  readonly tenant: string;
  readonly origin: string;
  /** As the API writes job options; what is not given is left to the page. */
  readonly options?: unknown;
  /** Seconds. */
  readonly ttl?: number;
}

export interface IssuedToken {
  readonly token: string;
  /** ISO 8601. */
  readonly expires: string;
}

export interface BrowserTokens {
  /** @throws OPTIONS_INVALID, REQUEST_INVALID for an origin that is none and a time out of range */
  issue(wishes: TokenWishes): IssuedToken;
  /**
   * @param origin what the browser says of the page that asks; undefined is no page at all
   * @throws TOKEN_INVALID, TOKEN_EXPIRED
   */
  read(text: string, origin: string | undefined): BrowserToken;
}

export interface BrowserTokensOptions {
  /** Whoever knows it can make tokens. */
  readonly secret: string;
  now(): number;
  readonly random: RandomBytes;
}

export const DEFAULT_TTL_S = 15 * 60;
export const LONGEST_TTL_S = 24 * 60 * 60;
/** Options in full are about 600 characters. */
const LONGEST_TEXT = 4096;
const FORM = /^v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;

const payloadSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  tenant: tenantSchema,
  origin: z.string(),
  options: z.record(z.string(), z.unknown()),
  /** Seconds since 1970. */
  exp: z.int(),
});

/** Whether it means to be one: such a text is never taken for a key. */
export function looksLikeBrowserToken(text: string): boolean {
  return text.length <= LONGEST_TEXT && FORM.test(text);
}

export function createBrowserTokens({ secret, now, random }: BrowserTokensOptions): BrowserTokens {
  // Named, so that a signature made for something else with the same secret fits no token.
  const sign = (payload: string): Buffer => createHmac('sha256', secret).update(`token:${payload}`).digest();

  return {
    issue({ tenant, origin, options = {}, ttl = DEFAULT_TTL_S }) {
      if (!isOrigin(origin)) throw invalid(`expected an origin such as https://shop.example for origin`);
      if (!Number.isInteger(ttl) || ttl < 1 || ttl > LONGEST_TTL_S)
        throw invalid(`expected 1 to ${LONGEST_TTL_S} seconds for ttl`);
      const exp = Math.floor(now() / 1000) + ttl;
      const id = Buffer.from(random(8)).toString('hex');
      const fields = { id, tenant, origin, options: someOptions(options), exp };
      const payload = Buffer.from(JSON.stringify(fields)).toString('base64url');
      const token = `v1.${payload}.${sign(payload).toString('base64url')}`;
      return { token, expires: new Date(exp * 1000).toISOString() };
    },
    read(text, origin) {
      const [, payload, signature] = (looksLikeBrowserToken(text) && FORM.exec(text)) || [];
      if (payload === undefined || signature === undefined) throw new CutlineError('TOKEN_INVALID');
      if (!timingSafeEqual(sign(payload), Buffer.from(signature, 'base64url')))
        throw new CutlineError('TOKEN_INVALID', { message: 'A browser token’s signature is wrong' });
      const { exp, options, ...rest } = readPayload(payload);
      if (rest.origin !== origin) {
        const message = `A browser token for ${rest.origin} came from ${origin ?? 'no page'}`;
        throw new CutlineError('TOKEN_INVALID', { message });
      }
      if (now() >= exp * 1000) throw new CutlineError('TOKEN_EXPIRED');
      return { ...rest, options: someOptions(options), expiresMs: exp * 1000 };
    },
  };
}

function readPayload(payload: string): z.output<typeof payloadSchema> {
  try {
    return payloadSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  } catch (cause) {
    // Signed, and yet not of this version.
    throw new CutlineError('TOKEN_INVALID', { cause });
  }
}

/** Those that are given, checked; no default is added. @throws OPTIONS_INVALID */
function someOptions(given: unknown): Partial<JobOptions> {
  const read = jobOptionsSchema.safeParse(given);
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw new CutlineError('OPTIONS_INVALID', { fields: { problems } });
  }
  const names = Object.keys(given as object);
  return Object.fromEntries(Object.entries(read.data).filter(([name]) => names.includes(name)));
}

function invalid(problem: string): CutlineError {
  return new CutlineError('REQUEST_INVALID', { fields: { problem } });
}

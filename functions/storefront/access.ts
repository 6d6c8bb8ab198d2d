// Who asks, and what they may: API keys of tenants and operators, browser tokens, tokens of single jobs, and, where that
// is switched on, nobody in particular. A wrong key never counts as none.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { CutlineError } from '../../shared/errors.ts';
import type { Tenant, Tier } from '../../shared/tenant.ts';
import { ANONYMOUS, OPERATOR } from '../../shared/tenant.ts';
import type { RandomBytes } from '../../shared/trace.ts';
import type { BrowserToken, IssuedToken, TokenWishes } from './browser-token.ts';
import { createBrowserTokens, looksLikeBrowserToken } from './browser-token.ts';
import { addressGroup } from './client-address.ts';
import type { Given } from './read-wishes.ts';

export interface Caller {
  /** Whose jobs are made: of a key or browser token its tenant, else `anonymous`. */
  readonly tenant: string;
  /** `job`: holds the token of the job that is asked for, or the key to its files, and nothing else. */
  readonly via: 'key' | 'token' | 'job' | 'anonymous';
  readonly operator: boolean;
  readonly address: string;
  readonly tier: Tier | 'anonymous';
  /** What requests are counted by: `key:…`, `token:…`, or `address:…` for those who hold neither. */
  readonly id: string;
  readonly token?: BrowserToken;
}

/** As Node's requests have them; what came as a list is none. */
export type AccessHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The job that a request is about, and what came beside the headers: its token (`?token=`), its files' key (`?k=`). */
export interface JobClaim {
  readonly job: string;
  readonly token?: unknown;
  readonly filesKey?: unknown;
}

export interface Access {
  /**
   * @param address as `client-address.ts` finds it
   * @param claim on routes below `/jobs/{id}`: there the job's own token suffices
   * @throws UNAUTHORIZED for a wrong key, and for none where there is no anonymous use; TOKEN_INVALID, TOKEN_EXPIRED;
   *   JOB_NOT_FOUND for a wrong or missing token of a job
   */
  identify(headers: AccessHeaders, address: string, claim?: JobClaim): Caller;
  /** 43 characters, the same for a job at any time. */
  jobToken(job: string): string;
  /**
   * 43 characters, the same for a job at any time: opens its files for reading and nothing else, for links that others
   * see, such as an order's line items.
   */
  filesKey(job: string): string;
  /** With the job's token or its tenant's key. A browser token opens no job: its page got each job's own. */
  mayTouch(job: { readonly job: string; readonly tenant: string }, caller: Caller, token?: unknown): boolean;
  /** @returns whether it is the key to this job's files: to read them it does as the token would */
  opensFiles(job: string, filesKey: unknown): boolean;
  /** @throws FORBIDDEN for an origin that is not the tenant's, OPTIONS_INVALID, REQUEST_INVALID */
  issueToken(wishes: TokenWishes): IssuedToken;
  /** @throws TOKEN_INVALID, TOKEN_EXPIRED */
  readToken(text: string, origin: string | undefined): BrowserToken;
}

export interface AccessOptions {
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** Signs tokens of jobs and of browsers. */
  readonly tokenSecret: string;
  /** SHA-256 of each, in hexadecimal. */
  readonly operatorKeys: readonly string[];
  /** Whether one may go without a key. */
  readonly anonymous: boolean;
  now(): number;
  readonly random: RandomBytes;
}

interface KeyHolder {
  readonly hash: Buffer;
  readonly tenant: string;
  readonly tier: Tier;
  readonly operator: boolean;
}

const JOB_TOKEN = /^[A-Za-z0-9_-]{43}$/;

export function createAccess(options: AccessOptions): Access {
  const { tenants, tokenSecret: secret, now, random } = options;
  const holders = holdersOf(options);
  const tokens = createBrowserTokens({ secret, now, random });
  const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
  const jobToken = (job: string): string => sign(`job:${job}`);
  const filesKey = (job: string): string => sign(`files:${job}`);

  /** Every key is compared, whichever fits, so that the time tells nothing. */
  function holderOf(key: string): KeyHolder | undefined {
    const given = createHash('sha256').update(key).digest();
    let found: KeyHolder | undefined;
    for (const holder of holders) if (timingSafeEqual(given, holder.hash)) found = holder;
    return found;
  }

  function readToken(text: string, origin: string | undefined): BrowserToken {
    const token = tokens.read(text, origin);
    const tenant = tenants.get(token.tenant);
    // Its tenant may be gone since, or the page no longer one of the tenant's.
    if (!tenant || !allows(tenant, token.origin)) throw new CutlineError('TOKEN_INVALID');
    return token;
  }

  const isSame = (given: unknown, right: string): boolean =>
    typeof given === 'string' && JOB_TOKEN.test(given) && sameText(given, right);
  const opens = (job: string, given: unknown): boolean => isSame(given, jobToken(job));
  const opensFiles = (job: string, given: unknown): boolean => isSame(given, filesKey(job));

  return {
    jobToken,
    filesKey,
    opensFiles,
    readToken,
    issueToken(wishes) {
      const tenant = tenants.get(wishes.tenant);
      if (!tenant || !allows(tenant, wishes.origin)) {
        const message = `Expected an origin of ${wishes.tenant} but received ${wishes.origin}`;
        throw new CutlineError('FORBIDDEN', { message });
      }
      return tokens.issue(wishes);
    },
    mayTouch: ({ job, tenant }, caller, token) =>
      opens(job, token) || (caller.via === 'key' && caller.tenant === tenant),
    identify(headers, address, claim) {
      const anyone = callerAt(address);
      const bearer = bearerIn(headers);
      const key = headers['x-api-key'] ?? bearer;
      const holder = typeof key === 'string' ? holderOf(key) : undefined;
      if (holder) {
        const { tenant, tier, operator, hash } = holder;
        return { tenant, via: 'key', operator, address, tier, id: `key:${hash.toString('hex', 0, 8)}` };
      }
      if (headers['x-api-key'] !== undefined) throw unauthorized('An unknown API key');
      // Before the browser token: that ends long before its job does.
      if (claim && opens(claim.job, jobTokenIn(headers, claim.token))) return { ...anyone, via: 'job' };
      // What may be done with it `mayTouch` and `opensFiles` say.
      if (claim && opensFiles(claim.job, claim.filesKey)) return { ...anyone, via: 'job' };
      if (bearer !== undefined && looksLikeBrowserToken(bearer)) {
        const token = readToken(bearer, textOf(headers.origin));
        const { tenant, id } = token;
        return { ...anyone, tenant, via: 'token', tier: tenants.get(tenant)!.tier, id: `token:${id}`, token };
      }
      if (claim && (headers.authorization === undefined || JOB_TOKEN.test(bearer ?? '')))
        throw new CutlineError('JOB_NOT_FOUND');
      if (headers.authorization !== undefined) throw unauthorized('An unknown key');
      if (!options.anonymous) throw unauthorized('No key');
      return anyone;
    },
  };
}

/** Where a job's token can stand, the most deliberate place first; event sources and links have the query alone. */
export function jobTokenIn(headers: AccessHeaders, inQuery?: unknown): string | undefined {
  const given = headers['x-job-token'] ?? inQuery ?? bearerIn(headers);
  return typeof given === 'string' ? given : undefined;
}

/**
 * What the page asks for, with what its shop has fixed in its place.
 * @param given by the names of the job options, with `_` or `-`
 */
export function allowedOptions(
  given: Given,
  { token }: { readonly token?: Pick<BrowserToken, 'options'> },
): Given {
  const fixed: Given = token?.options ?? {};
  const own = Object.entries(given).filter(([name]) => !Object.hasOwn(fixed, name.replaceAll('-', '_')));
  return { ...Object.fromEntries(own), ...fixed };
}

/** @throws UNAUTHORIZED, FORBIDDEN when a caller is known but has no key of a tenant */
export function needTenantKey(caller: Caller): void {
  if (caller.via === 'anonymous' || caller.via === 'job') throw unauthorized('No key');
  if (caller.via !== 'key' || caller.operator) throw new CutlineError('FORBIDDEN');
}

function holdersOf({ tenants, operatorKeys }: AccessOptions): readonly KeyHolder[] {
  const holder = (hex: string, tenant: string, tier: Tier): KeyHolder => ({
    hash: Buffer.from(hex, 'hex'),
    tenant,
    tier,
    operator: tenant === OPERATOR,
  });
  return [
    ...[...tenants].flatMap(([name, { keys, tier }]) => keys.map((key) => holder(key, name, tier))),
    ...operatorKeys.map((key) => holder(key, OPERATOR, 'pro')),
  ];
}

function allows({ origins }: Tenant, origin: string): boolean {
  return origins.length === 0 || origins.includes(origin);
}

/** Who is known by address alone. */
export function callerAt(address: string): Caller {
  const id = `address:${addressGroup(address)}`;
  return { tenant: ANONYMOUS, via: 'anonymous', operator: false, address, tier: 'anonymous', id };
}

function textOf(header: AccessHeaders[string]): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function bearerIn({ authorization }: AccessHeaders): string | undefined {
  return typeof authorization === 'string' ? /^Bearer +(\S+)$/i.exec(authorization)?.[1] : undefined;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function unauthorized(message: string): CutlineError {
  return new CutlineError('UNAUTHORIZED', { message });
}

// How much a caller may ask for: requests a second and a minute by key, token or address, photos a day by tenant.
import type { Response } from 'express';
import { CutlineError } from '../errors.ts';
import type { Tier } from '../tenant.ts';
import { tiers } from '../tenant.ts';
import type { Count, Counters, Window } from './rate-limit-counters.ts';

/** Whom requests are counted by. */
export interface Counted {
  /** Of a key, a token or an address. */
  readonly id: string;
  readonly via: 'key' | 'token' | 'job' | 'anonymous';
  readonly tenant: string;
  readonly tier: Tier | 'anonymous';
}

/** `work` makes something; `read` asks how far it is, or fetches it. */
export type RequestKind = 'work' | 'read';

/** A page looks at its job every second or two, and shows a dozen files of it at once. */
export const READS_PER_WORK = 10;

export interface RateState {
  readonly limit: number;
  readonly per: 'second' | 'minute';
  readonly remaining: number;
  readonly resetMs: number;
  readonly allowed: boolean;
}

export interface RateLimits {
  /** Counts a request. */
  take(caller: Counted, kind: RequestKind): Promise<RateState>;
  /** Counts photos of a tenant's day (UTC); more than are left count as none. @throws QUOTA_EXCEEDED */
  takePhotos(tenant: string, count: number): Promise<void>;
  /** Those that were counted and refused afterwards. */
  givePhotosBack(tenant: string, count: number): Promise<void>;
  /** Of the tenant's day; undefined where it has no cap. */
  photosLeft(tenant: string): Promise<number | undefined>;
}

export interface RateLimitOptions {
  readonly counters: Counters;
  /** Of those without a key. */
  readonly perMinute: number;
  readonly perSecond: number;
  readonly tenants: ReadonlyMap<string, { readonly dailyPhotos: number | undefined }>;
  /** Milliseconds since 1970. */
  now(): number;
}

interface Rule extends Pick<RateState, 'per' | 'limit'> {
  readonly key: string;
}

const SECONDS = { second: 1, minute: 60 } as const;
const DAY_S = 24 * 60 * 60;

export function createRateLimits(options: RateLimitOptions): RateLimits {
  const { counters, tenants, now } = options;

  /** The narrowest first: what it refuses counts for none of the others. */
  function rulesFor({ id, via, tenant, tier }: Counted, kind: RequestKind): readonly Rule[] {
    const factor = kind === 'read' ? READS_PER_WORK : 1;
    const rule = (who: string, per: Rule['per'], limit: number): Rule => ({
      key: `${kind}:${per}:${who}`,
      per,
      limit: limit * factor,
    });
    const ofTier = (who: string): Rule[] => (tier === 'anonymous' ? [] : [rule(who, 'minute', tiers[tier])]);
    if (via === 'key') return ofTier(id);
    const own = [rule(id, 'second', options.perSecond), rule(id, 'minute', options.perMinute)];
    // All pages of a shop together ask for no more than its key could; and they do not use up the key's own.
    return via === 'token' ? [...own, ...ofTier(`pages-of:${tenant}`)] : own;
  }

  const photosOf = (tenant: string): (Window & { readonly key: string }) | undefined => {
    const limit = tenants.get(tenant)?.dailyPhotos;
    if (limit === undefined) return undefined;
    const at = now();
    const seconds = DAY_S - (Math.floor(at / 1000) % DAY_S);
    return { limit, seconds, key: `photos:${new Date(at).toISOString().slice(0, 10)}:${tenant}` };
  };

  return {
    async take(caller, kind) {
      const states: RateState[] = [];
      for (const { key, per, limit } of rulesFor(caller, kind)) {
        const count = await counters.count(key, { limit, seconds: SECONDS[per] });
        states.push({ limit, per, ...count });
        if (!count.allowed) break;
      }
      // The minute's is told as long as all is well: a second is over before anybody has read of it.
      return states.findLast(({ allowed }) => !allowed) ?? fewestLeft(states);
    },
    async takePhotos(tenant, count) {
      const day = photosOf(tenant);
      if (!day) return;
      const { allowed } = await counters.count(day.key, day, count);
      if (allowed) return;
      // Not one of them is taken: fewer may still fit.
      await counters.giveBack(day.key, day, count);
      throw quotaExceeded('photos', day.limit, now());
    },
    async givePhotosBack(tenant, count) {
      const day = photosOf(tenant);
      if (day) await counters.giveBack(day.key, day, count);
    },
    async photosLeft(tenant) {
      const day = photosOf(tenant);
      return day && Math.max(0, (await counters.count(day.key, day, 0)).remaining);
    },
  };
}

function fewestLeft(states: readonly RateState[]): RateState {
  const minutes = states.filter(({ per }) => per === 'minute');
  return minutes.reduce((least, state) => (state.remaining < least.remaining ? state : least));
}

/** In the headers of an answer: epoch seconds for when the window ends. */
export function rateHeaders(state: RateState, nowMs: number): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(state.limit),
    'X-RateLimit-Remaining': String(state.remaining),
    'X-RateLimit-Reset': String(Math.ceil((nowMs + state.resetMs) / 1000)),
    ...(!state.allowed && { 'Retry-After': String(secondsOf(state)) }),
  };
}

/** Counts the request, and says in the answer's headers what is left. @throws RATE_LIMIT_EXCEEDED */
export async function limitRate(
  limits: Pick<RateLimits, 'take'>,
  caller: Counted,
  kind: RequestKind,
  response: Pick<Response, 'set'>,
  nowMs: number,
): Promise<void> {
  const state = await limits.take(caller, kind);
  response.set(rateHeaders(state, nowMs));
  if (state.allowed) return;
  const { limit, per } = state;
  throw new CutlineError('RATE_LIMIT_EXCEEDED', {
    fields: { limit, per, ...waiting(secondsOf(state), nowMs), requests_remaining: state.remaining },
  });
}

/** Until midnight, UTC. */
function quotaExceeded(what: string, limit: number, nowMs: number): CutlineError {
  const seconds = DAY_S - (Math.floor(nowMs / 1000) % DAY_S);
  return new CutlineError('QUOTA_EXCEEDED', { fields: { limit, what, ...waiting(seconds, nowMs) } });
}

function waiting(seconds: number, nowMs: number) {
  const reset = (Math.floor(nowMs / 1000) + seconds) * 1000;
  return {
    retry_after_seconds: seconds,
    limit_reset_at: new Date(reset).toISOString().replace('.000Z', 'Z'),
  };
}

function secondsOf({ resetMs }: Pick<Count, 'resetMs'>): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}

// Counters of what was asked, in this process or in Redis for all instances. Where Redis does not answer, each instance
// counts for itself meanwhile: better a limit too wide than no service.
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Logger } from '../log.ts';

/** So many in a time that begins with the first of them. */
export interface Window {
  readonly limit: number;
  readonly seconds: number;
}

export interface Count {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

export interface Counters {
  /** Counts also what it does not allow. @param key what is counted, its window's name in it */
  count(key: string, window: Window, points?: number): Promise<Count>;
  giveBack(key: string, window: Window, points: number): Promise<void>;
  /** Of Redis: whether it counts just now; without it, false. */
  readonly shared: boolean;
  close(): void;
}

export interface CountersOptions {
  readonly redisUrl?: string | undefined;
  readonly log: Logger;
}

/** What `rate-limiter-flexible` asks of a client. */
interface RedisLike {
  readonly isReady: boolean;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  close(): void;
}

const PREFIX = 'cutline-limit';
/** A counter takes a millisecond; one that takes this long is not worth a caller's time. */
const REDIS_LIMIT_MS = 300;
/** So long nobody waits for it again. */
const REDIS_REST_MS = 5000;

/** Connects in the background. */
export async function openCounters({ redisUrl, log }: CountersOptions): Promise<Counters> {
  const redis = redisUrl === undefined ? undefined : await openRedis(redisUrl, log);
  // One for each limit: how long it holds is said with each count, since what is left of a day is ever another time.
  const limiters = new Map<number, RateLimiterMemory | RateLimiterRedis>();
  const limiterOf = ({ limit }: Window) => {
    const known = limiters.get(limit);
    if (known) return known;
    const common = { points: limit, duration: 1, keyPrefix: PREFIX };
    const memory = new RateLimiterMemory(common);
    const limiter = redis
      ? new RateLimiterRedis({
          ...common,
          storeClient: redis,
          useRedisPackage: true,
          rejectIfRedisNotReady: true,
          insuranceLimiter: memory,
        })
      : memory;
    limiters.set(limit, limiter);
    return limiter;
  };

  return {
    get shared() {
      return redis?.isReady ?? false;
    },
    async count(key, window, points = 1) {
      try {
        return toCount(
          await limiterOf(window).consume(key, points, { customDuration: window.seconds }),
          true,
        );
      } catch (thrown) {
        if (thrown instanceof RateLimiterRes) return toCount(thrown, false);
        throw thrown;
      }
    },
    async giveBack(key, window, points) {
      await limiterOf(window).reward(key, points, { customDuration: window.seconds });
    },
    close: () => redis?.close(),
  };
}

function toCount({ remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): Count {
  return { allowed, remaining: remainingPoints, resetMs: Math.max(0, msBeforeNext) };
}

async function openRedis(url: string, log: Logger): Promise<RedisLike> {
  // For those who count in memory its 20 MB need not be loaded.
  const { createClient } = await import('redis');
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 2000 } });
  let restsUntil = 0;
  let warned = false;
  const warn = (error: unknown): void => {
    if (!warned) log.warning('Redis does not answer: each instance counts requests for itself', { error });
    warned = true;
  };
  client.on('error', warn);
  client.on('ready', () => {
    if (warned) log.info('Redis answers again: requests are counted for all instances');
    warned = false;
  });
  client.connect().catch(warn);

  return {
    get isReady() {
      return client.isReady && performance.now() >= restsUntil;
    },
    async eval(script, options) {
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        restsUntil = performance.now() + REDIS_REST_MS;
        const error = new Error(`Expected an answer within ${REDIS_LIMIT_MS} ms but received none`);
        warn(error);
        reject(error);
      }, REDIS_LIMIT_MS);
      try {
        const counted = await Promise.race([client.eval(script, options), late]);
        if (warned) log.info('Redis answers again: requests are counted for all instances');
        warned = false;
        return counted;
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      if (client.isOpen) client.destroy();
    },
  };
}

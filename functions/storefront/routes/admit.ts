// What every request of a caller begins with: who it is, and whether it may ask just now. One who shows a wrong key is
// counted by address, so that keys cannot be tried out at any speed.
import type { Request, Response } from 'express';
import { toCutlineError } from '../../../shared/errors.ts';
import type { RateLimits, RequestKind } from '../../../shared/transport/rate-limit.ts';
import { limitRate } from '../../../shared/transport/rate-limit.ts';
import type { Access, Caller, JobClaim } from '../access.ts';
import { callerAt } from '../access.ts';
import { clientAddress } from '../client-address.ts';

export interface AdmissionPorts {
  readonly access: Pick<Access, 'identify'>;
  readonly limits: Pick<RateLimits, 'take'>;
  readonly trustedProxyHops: number;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * @param kind `work` makes something, `read` only asks
 * @param job the id in the path, where the request is about one
 * @throws RATE_LIMIT_EXCEEDED, UNAUTHORIZED, TOKEN_INVALID, TOKEN_EXPIRED, JOB_NOT_FOUND
 */
export type Admit = (
  request: Request,
  response: Response,
  kind: RequestKind,
  job?: string,
) => Promise<Caller>;

export function createAdmission({ access, limits, trustedProxyHops, now }: AdmissionPorts): Admit {
  return async (request, response, kind, job) => {
    const address = addressOf(request, trustedProxyHops);
    const { token, k: filesKey } = request.query;
    const claim: JobClaim | undefined = job === undefined ? undefined : { job, token, filesKey };
    let caller: Caller;
    try {
      caller = access.identify(request.headers, address, claim);
    } catch (thrown) {
      await limitRate(limits, callerAt(address), kind, response, now());
      const error = toCutlineError(thrown);
      if (error.status === 401) response.set('WWW-Authenticate', 'Bearer');
      throw error;
    }
    await limitRate(limits, caller, kind, response, now());
    return caller;
  };
}

function addressOf({ socket, headers }: Request, hops: number): string {
  // Node joins what comes several times.
  const forwarded = headers['x-forwarded-for'];
  return clientAddress(socket.remoteAddress ?? '', [forwarded ?? []].flat().join(','), hops);
}

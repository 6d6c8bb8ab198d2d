// What stands before every route of a public service: a request id, security headers, and CORS by an exact list. Mounted
// before anything that can answer, so that a page also reads what went wrong.
import type { Request, RequestHandler, Response } from 'express';
import { CutlineError } from '../errors.ts';
import type { RandomBytes } from '../trace.ts';

export interface SecurityOptions {
  /** As browsers write them. */
  readonly allowedOrigins: readonly string[];
  /** How many proxies in front are ours: without one nobody's word is taken that a request came over https. */
  readonly trustedProxyHops: number;
  readonly random: RandomBytes;
}

/** An answer is data: nothing in it may run, be framed, or tell other pages the token in its address. */
const headers: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Permitted-Cross-Domain-Policies': 'none',
  // Pictures are shown on shops' pages; a token opens them, not the page that they are on.
  'Cross-Origin-Resource-Policy': 'cross-origin',
  // Tokens are among the answers: what may be kept says so itself.
  'Cache-Control': 'no-store',
};
const HSTS = 'max-age=31536000';

const methods = 'GET, HEAD, POST, PUT, DELETE';
/** Keys are no business of a page: X-Api-Key is not among them. */
const requestHeaders = [
  'authorization',
  'content-type',
  'if-none-match',
  'last-event-id',
  'traceparent',
  'x-job-token',
  'x-request-id',
];
/** Those that an upload's URL was signed for. */
const uploadHeader = /^x-goog-[a-z0-9-]{1,100}$/;
const exposedHeaders = [
  'Content-Disposition',
  'ETag',
  'Location',
  'Retry-After',
  'Server-Timing',
  'X-Degraded',
  'X-Foreground-Height',
  'X-Foreground-Left',
  'X-Foreground-Top',
  'X-Foreground-Width',
  'X-Image-Height',
  'X-Image-Width',
  'X-Job-Id',
  'X-Job-Token',
  'X-Model-Version',
  'X-Original-Size',
  'X-Print-Check',
  'X-Processing-Time-Ms',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
].join(', ');
/** Chromium keeps a preflight no longer. */
const PREFLIGHT_S = 7200;

/** Methods that change nothing: a browser lets no page read their answers unless we say so. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function secure({ allowedOrigins, trustedProxyHops, random }: SecurityOptions): RequestHandler {
  const allowed = new Set(allowedOrigins);
  return (request, response, next) => {
    response.removeHeader('X-Powered-By');
    response.locals.requestId = nameRequest(request, random);
    response.set({ ...headers, 'X-Request-Id': requestIdOf(response) });
    if (isEncrypted(request, trustedProxyHops)) response.set('Strict-Transport-Security', HSTS);
    // Whatever the answer, another origin's may differ: caches have to know.
    response.vary('Origin');
    const { origin } = request.headers;
    const isAllowed = origin !== undefined && allowed.has(origin);
    if (isAllowed) {
      response.set('Access-Control-Allow-Origin', origin);
      response.set('Access-Control-Expose-Headers', exposedHeaders);
    }
    if (isPreflight(request)) return answerPreflight(request, response, isAllowed);
    // A page needs no leave to send a form, and a laptop's service is within reach of every page that is open there.
    if (origin !== undefined && !isAllowed && !isOwn(origin, request) && !safeMethods.has(request.method))
      throw new CutlineError('ORIGIN_NOT_ALLOWED');
    next();
  };
}

/** What `secure` gave the request, for logs and for error documents. */
export function requestIdOf({ locals }: Pick<Response, 'locals'>): string {
  return String(locals.requestId);
}

/** The caller's own where it is fit for logs and answers: nothing that breaks a line or grows without end. */
function nameRequest(request: Request, random: RandomBytes): string {
  const given = request.headers['x-request-id'];
  const isFit = typeof given === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/.test(given);
  return isFit ? given : Buffer.from(random(16)).toString('hex');
}

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Without the headers that allow it, a browser takes the answer for a no. */
function answerPreflight(request: Request, response: Response, isAllowed: boolean): void {
  response.vary('Access-Control-Request-Headers');
  if (isAllowed) {
    const asked = String(request.headers['access-control-request-headers'] ?? '').split(',');
    const uploads = asked.map((name) => name.trim().toLowerCase()).filter((name) => uploadHeader.test(name));
    response.set({
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': [...requestHeaders, ...new Set(uploads)].join(', '),
      'Access-Control-Max-Age': String(PREFLIGHT_S),
    });
  }
  response.status(204).end();
}

/** The service's own pages: browsers name an origin there too when they send something. */
function isOwn(origin: string, { headers }: Request): boolean {
  return headers.host !== undefined && URL.parse(origin)?.host === headers.host.toLowerCase();
}

function isEncrypted(request: Request, trustedProxyHops: number): boolean {
  if (request.secure) return true;
  const forwarded = [request.headers['x-forwarded-proto'] ?? []].flat().join(',');
  return trustedProxyHops > 0 && forwarded.split(',').at(-1)?.trim() === 'https';
}

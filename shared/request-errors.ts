// The catalogue's part that is about requests alone: what is wrong with them, and who may make them.
import type { CatalogueEntry } from './error-entry.ts';
import { entry } from './error-entry.ts';

export const requestErrors = {
  REQUEST_INVALID: entry(
    400,
    'fail',
    'a request’s body or query is not as it has to be',
    (f) => `The request cannot be read: ${f.problem}`,
  ),
  MEDIA_TYPE_UNSUPPORTED: entry(
    415,
    'fail',
    'a photo does not come in a form, as it has to on this endpoint',
    (f) => `Expected multipart/form-data but received ${f.received_type}`,
  ),
  REQUEST_TOO_LARGE: entry(
    413,
    'fail',
    'a request has more bytes in all than allowed',
    (f) => `The request exceeds the limit of ${f.max_size_mb} MB in all`,
  ),
  REQUEST_TIMEOUT: entry(
    408,
    'fail',
    'a request’s body did not arrive within its time',
    (f) => `The request did not arrive within ${f.limit_seconds} seconds`,
  ),
  UPLOAD_REFUSED: entry(
    403,
    'fail',
    'an upload URL has expired, or the request is not the one that it was given out for',
    (f) => `The upload URL does not allow this request: ${f.problem}`,
  ),
  UPLOAD_EXISTS: entry(
    412,
    'fail',
    'an upload URL was used before',
    () => 'A photo was uploaded to this URL before',
  ),
  UNAUTHORIZED: entry(
    401,
    'fail',
    'a key is needed, and there is none or a wrong one',
    () => 'A valid API key is needed',
  ),
  FORBIDDEN: entry(403, 'fail', 'the key does not allow this', () => 'This key does not allow the request'),
  ORIGIN_NOT_ALLOWED: entry(
    403,
    'fail',
    'a page that is not on the list of allowed origins sends something',
    () => 'Requests from this origin are not allowed',
  ),
  TOKEN_INVALID: entry(
    401,
    'fail',
    'a browser token is none of ours, was changed, or comes from another page than it was made for',
    () => 'The token is not valid',
  ),
  TOKEN_EXPIRED: entry(401, 'fail', 'a browser token’s time is over', () => 'The token has expired'),
  SIGNATURE_INVALID: entry(
    401,
    'fail',
    'a request to /shopify did not come through Shopify’s proxy, was changed, or is more than 90 seconds old',
    () => 'The request was not signed by Shopify, or too long ago',
  ),
  SHOP_NOT_ALLOWED: entry(
    403,
    'fail',
    'a shop asks through Shopify that is not in SHOPIFY_SHOPS, or whose tenant is not in TENANTS',
    () => 'This shop may not use the service',
  ),
  RATE_LIMIT_EXCEEDED: entry(
    429,
    'fail',
    'more requests than the caller’s tier allows',
    (f) => `Rate limit exceeded: ${f.limit} requests per ${f.per}`,
  ),
  QUOTA_EXCEEDED: entry(
    429,
    'fail',
    'a day’s photos or warm-ups are used up',
    (f) => `Daily limit reached: ${f.limit} ${f.what} per day`,
  ),
} satisfies Record<string, CatalogueEntry>;

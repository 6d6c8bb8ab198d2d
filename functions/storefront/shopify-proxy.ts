// What comes through Shopify's app proxy: which shop it is from, by Shopify's signature over the query
// (https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies). The body is not signed.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { CutlineError } from '../../shared/errors.ts';
import type { JobOptions } from '../../shared/job.ts';
import type { Tenant, Tier } from '../../shared/tenant.ts';
import type { TokenWishes } from './browser-token.ts';

export interface ShopifyProxyOptions {
  /** Of the app, whichever of them signs. */
  readonly secrets: readonly string[];
  /** By its name at myshopify.com; `options` win over what a page asks for. */
  readonly shops: ReadonlyMap<string, { readonly tenant: string; readonly options: Partial<JobOptions> }>;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A request of which Shopify says where it is from. */
export interface ShopifyVisit {
  readonly shop: string;
  readonly tenant: string;
  readonly tier: Tier;
  readonly options: Partial<JobOptions>;
  /** Pages of the tenant's; none where it names none. */
  readonly origins: readonly string[];
  /** The customer's number, where one is logged in. */
  readonly customer: string | undefined;
}

export interface ShopifyProxy {
  /**
   * @param query as it came, without its `?`
   * @throws SIGNATURE_INVALID, SHOP_NOT_ALLOWED
   */
  verify(query: string): ShopifyVisit;
}

/** Shopify names no limit. What somebody sees on its way can be sent again this long. */
const FRESH_S = 90;

export function createShopifyProxy({ secrets, shops, tenants, now }: ShopifyProxyOptions): ShopifyProxy {
  return {
    verify(query) {
      const given = valuesIn(query);
      const signature = only(given, 'signature', /^[0-9a-f]{64}$/);
      given.delete('signature');
      if (!isSigned(given, signature, secrets)) throw refused('Its signature is wrong');
      // None of them is joined of several, so that what a visitor adds to the address takes the place of none.
      const shop = only(given, 'shop', /^[a-z0-9.-]+$/);
      only(given, 'path_prefix', /^\//);
      const customer = given.has('logged_in_customer_id')
        ? only(given, 'logged_in_customer_id', /^\d*$/)
        : '';
      const seconds = Number(only(given, 'timestamp', /^\d{1,12}$/));
      if (Math.abs(now() / 1000 - seconds) > FRESH_S) throw refused(`It was signed at ${seconds}`);
      const known = shops.get(shop);
      const tenant = known && tenants.get(known.tenant);
      if (!known || !tenant)
        throw new CutlineError('SHOP_NOT_ALLOWED', { message: `${shop} is not allowed` });
      return {
        shop,
        ...known,
        tier: tenant.tier,
        origins: tenant.origins,
        customer: customer === '' ? undefined : customer,
      };
    },
  };
}

/**
 * What its page's browser token is to be made for.
 * @param origin what the page says of itself; else the tenant's first, else the shop's own
 * @throws ORIGIN_NOT_ALLOWED for a page that is neither the shop's nor the tenant's
 */
export function tokenWishesOf(visit: ShopifyVisit, origin: string | undefined): TokenWishes {
  const { tenant, origins, options } = visit;
  const own = `https://${visit.shop}`;
  // Without a list of pages a tenant's own server may name any, but a visitor may not.
  const allowed = origins.length > 0 ? origins : [own];
  const wished = origin ?? allowed[0]!;
  if (allowed.includes(wished)) return { tenant, origin: wished, options };
  throw new CutlineError('ORIGIN_NOT_ALLOWED', { message: `${wished} is no page of ${visit.shop}` });
}

/** Decoded as forms are; what comes several times in its order. */
function valuesIn(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query))
    values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

/** Every secret is tried, whichever fits, so that the time tells nothing. */
function isSigned(
  given: ReadonlyMap<string, readonly string[]>,
  signature: string,
  secrets: readonly string[],
): boolean {
  const pairs = [...given].map(([name, values]) => Buffer.from(`${name}=${values.join(',')}`));
  // By their bytes, as Ruby sorts: JavaScript's own order differs beyond the first 65,536 characters.
  const signed = Buffer.concat(pairs.sort(Buffer.compare));
  const received = Buffer.from(signature, 'hex');
  let fits = false;
  for (const secret of secrets)
    if (timingSafeEqual(createHmac('sha256', secret).update(signed).digest(), received)) fits = true;
  return fits;
}

function only(given: ReadonlyMap<string, readonly string[]>, name: string, form: RegExp): string {
  const [value, ...more] = given.get(name) ?? [];
  if (value !== undefined && more.length === 0 && form.test(value)) return value;
  throw refused(`Expected one ${name} but received ${value === undefined ? 'none' : 'another'}`);
}

function refused(message: string): CutlineError {
  return new CutlineError('SIGNATURE_INVALID', { message });
}

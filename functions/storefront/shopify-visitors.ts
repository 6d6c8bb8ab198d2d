// Whom a shop's requests through Shopify are counted by: all of them come from Shopify's addresses, and its proxy lets no
// cookie through. So a page is given a token of its visitor, and sends it along the next time.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Tier } from '../../shared/tenant.ts';
import type { RandomBytes } from '../../shared/trace.ts';
import type { ShopifyVisit } from './shopify-proxy.ts';

export interface Visitor {
  /** What the page sends along from now on. */
  readonly token: string;
  /** Whom the limits count. */
  readonly counted: {
    readonly id: string;
    readonly via: 'key' | 'token';
    readonly tenant: string;
    readonly tier: Tier;
  };
}

export interface ShopifyVisitors {
  /**
   * A customer who is logged in, a visitor with a token of ours, or somebody new: those are counted for the shop all
   * together, since nothing tells them apart. What visitors do counts for their shop too.
   */
  meet(visit: ShopifyVisit, token: unknown): Visitor;
}

export interface ShopifyVisitorsOptions {
  readonly secret: string;
  readonly random: RandomBytes;
}

const FORM = /^([0-9a-f]{16})\.([A-Za-z0-9_-]{43})$/;

export function createShopifyVisitors({ secret, random }: ShopifyVisitorsOptions): ShopifyVisitors {
  const sign = (shop: string, id: string): Buffer =>
    createHmac('sha256', secret).update(`visitor:${shop}:${id}`).digest();
  const tokenOf = (shop: string, id: string): string => `${id}.${sign(shop, id).toString('base64url')}`;

  /** Undefined for what is none of ours, or another shop's. */
  function idIn(shop: string, token: unknown): string | undefined {
    const [, id, signature] = (typeof token === 'string' && FORM.exec(token)) || [];
    if (id === undefined || signature === undefined) return undefined;
    return timingSafeEqual(sign(shop, id), Buffer.from(signature, 'base64url')) ? id : undefined;
  }

  return {
    meet({ shop, tenant, tier, customer }, given) {
      const known = idIn(shop, given);
      const token = tokenOf(shop, known ?? Buffer.from(random(8)).toString('hex'));
      const id = customer === undefined ? known : `${shop}:${customer}`;
      if (id === undefined) return { token, counted: { id: `shop:${shop}`, via: 'key', tenant, tier } };
      return { token, counted: { id: `visitor:${id}`, via: 'token', tenant, tier } };
    },
  };
}

// What comes through Shopify's app proxy, wired over what the storefront has opened.
import { randomBytes } from 'node:crypto';
import type { Router } from 'express';
import type { OpenedStorefront, StorefrontOptions } from './open-storefront.ts';
import { shopifyRouter } from './storefront/routes/shopify.ts';
import { createShopifyProxy } from './storefront/shopify-proxy.ts';
import { createShopifyVisitors } from './storefront/shopify-visitors.ts';

/** Undefined without a secret: there is nothing then that Shopify could have signed. */
export function openShopify(
  { access, limits, create }: OpenedStorefront,
  { config, tokenSecret: secret }: Pick<StorefrontOptions, 'config' | 'tokenSecret'>,
): Router | undefined {
  const { shopifySecrets: secrets, shopifyShops: shops, tenants } = config;
  if (secrets.length === 0) return undefined;
  const now = Date.now;
  const proxy = createShopifyProxy({ secrets, shops, tenants, now });
  const visitors = createShopifyVisitors({ secret, random: randomBytes });
  return shopifyRouter({ proxy, visitors, access, limits, create, now });
}

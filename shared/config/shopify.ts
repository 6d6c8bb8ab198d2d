// SHOPIFY_SECRET and SHOPIFY_SHOPS: which shops may ask through Shopify's app proxy, by whose secret their requests are
// signed, and whose jobs they make. Secrets are in no message.
import { z } from 'zod';
import type { JobOptions } from '../job.ts';
import { jobOptionsSchema } from '../job.ts';
import { tenantSchema } from '../message.ts';
import type { Kind } from './kinds.ts';
import { listOf, matching } from './kinds.ts';
import { readJson } from './webhooks.ts';

export interface ShopifyShop {
  readonly tenant: string;
  /** They win over what a page asks for. */
  readonly options: Partial<JobOptions>;
}

const SHORTEST_SECRET = 16;
const secrets = listOf(
  matching('a secret', new RegExp(`^\\S{${SHORTEST_SECRET},}$`)),
  `${SHORTEST_SECRET} characters or more; two joined by a comma while one takes the other’s place`,
);
export const shopifySecrets: Kind<readonly string[]> = { ...secrets, received: (text) => `${text.length}` };

/** As Shopify names a shop, whatever domain its pages have. */
export const shopPattern = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;

const someOptions = z.record(z.string(), z.unknown()).transform((given, context) => {
  const read = jobOptionsSchema.safeParse(given);
  if (!read.success) context.addIssue({ code: 'custom' });
  const names = Object.keys(given);
  return Object.fromEntries(Object.entries(read.data ?? {}).filter(([name]) => names.includes(name)));
});
const shopFields = { tenant: tenantSchema, options: someOptions.default({}) };
const shopsSchema = z.record(z.string().regex(shopPattern), z.strictObject(shopFields));

export const shopifyShops: Kind<ReadonlyMap<string, ShopifyShop>> = {
  expects: '{"shop-name.myshopify.com": {"tenant": "shop", "options": {"scale": 2}}}',
  parse(text) {
    const { data } = shopsSchema.safeParse(readJson(text));
    return data && new Map(Object.entries(data));
  },
  received(text) {
    const json = readJson(text);
    if (json === undefined) return 'text that is not JSON';
    const issues = shopsSchema.safeParse(json).error?.issues ?? [];
    return [...new Set(issues.map(({ path }) => sayWhere(path)))].join(', ');
  },
};

function sayWhere([shop, field]: readonly PropertyKey[]): string {
  if (shop === undefined) return 'something else';
  if (!shopPattern.test(String(shop))) return 'a shop whose name is none';
  const known = Object.keys(shopFields).find((known) => known === field);
  return `wrong ${known ?? 'fields'} of '${String(shop)}'`;
}

/** What is right by itself, and yet lets nobody in. */
export function shopifyDoubts(
  secrets: readonly string[],
  shops: ReadonlyMap<string, ShopifyShop>,
  tenants: ReadonlyMap<string, unknown>,
): string[] {
  if (secrets.length > 0 !== shops.size > 0)
    return ['SHOPIFY_SECRET and SHOPIFY_SHOPS have no effect without each other'];
  return [...shops]
    .filter(([, { tenant }]) => !tenants.has(tenant))
    .map(([shop, { tenant }]) => `${shop} is refused: its tenant '${tenant}' is not in TENANTS`);
}

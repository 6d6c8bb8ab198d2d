// Who may ask: TENANTS with their keys, and what else the storefront's access stands on. None of it is in a message,
// because people write keys where their checksums belong.
import { z } from 'zod';
import { tenantSchema } from '../message.ts';
import type { Tenant, Tier } from '../tenant.ts';
import { ANONYMOUS, isOrigin, OPERATOR, tiers } from '../tenant.ts';
import type { Kind } from './kinds.ts';
import { listOf, matching, unsaid } from './kinds.ts';
import type { Webhook } from './webhooks.ts';
import { readJson, webhookSchema } from './webhooks.ts';

export interface ConfiguredTenant extends Tenant {
  readonly webhook: Webhook | undefined;
}

const tierNames = Object.keys(tiers) as [Tier, ...Tier[]];
const keyHash = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/)
  .transform((text) => text.toLowerCase());

const tenantFields = {
  keys: z.array(keyHash).default([]),
  tier: z.enum(tierNames).default('free'),
  daily_photos: z.int().positive().optional(),
  origins: z.array(z.string().refine(isOrigin)).default([]),
  webhook: webhookSchema.optional(),
};

const tenantsSchema = z.record(tenantSchema, z.strictObject(tenantFields)).superRefine((tenants, context) => {
  const seen = new Set<string>();
  for (const [name, { keys }] of Object.entries(tenants)) {
    if (name === ANONYMOUS || name === OPERATOR) context.addIssue({ code: 'custom', path: [name, 'name'] });
    // One key is one tenant's, or it would be chance who pays.
    if (keys.some((key) => seen.has(key))) context.addIssue({ code: 'custom', path: [name, 'keys'] });
    for (const key of keys) seen.add(key);
  }
});

export const tenantsKind: Kind<ReadonlyMap<string, ConfiguredTenant>> = {
  expects: `{"tenant": {"keys": ["SHA-256 of each, in hexadecimal"], "tier": "${tierNames.join('|')}", "daily_photos": 1000, "origins": ["https://shop.example"], "webhook": {"url", "secret"}}}`,
  parse(text) {
    const { data } = tenantsSchema.safeParse(readJson(text));
    return (
      data &&
      new Map(
        Object.entries(data).map(([name, { keys, tier, daily_photos, origins, webhook }]) => [
          name,
          { keys, tier, dailyPhotos: daily_photos, origins, webhook },
        ]),
      )
    );
  },
  received(text) {
    const json = readJson(text);
    if (json === undefined) return 'text that is not JSON';
    const issues = tenantsSchema.safeParse(json).error?.issues ?? [];
    return [...new Set(issues.map(({ path }) => sayWhere(path)))].join(', ');
  },
};

function sayWhere([tenant, field]: readonly PropertyKey[]): string {
  if (tenant === undefined) return 'something else';
  const { data: name } = tenantSchema.safeParse(tenant);
  if (name === undefined) return 'a tenant whose name is none';
  if (field === 'name') return `a tenant whose name is ours: '${name}'`;
  const known = Object.keys(tenantFields).find((known) => known === field);
  return `wrong ${known ?? 'fields'} of '${name}'`;
}

const somethingElse = () => 'something else';
const hashes = listOf(
  matching('a checksum', /^[0-9a-f]{64}$/),
  'a list of keys’ SHA-256, 64 hexadecimal digits each',
);
export const keyHashes = unsaid(
  { ...hashes, parse: (text) => hashes.parse(text.toLowerCase()) },
  somethingElse,
);

const SHORTEST_SECRET = 32;

export const tokenSecret: Kind<string> = {
  expects: `${SHORTEST_SECRET} characters or more`,
  parse: (text) => (text.length >= SHORTEST_SECRET ? text : undefined),
  received: (text) => `${text.length}`,
};

const origin: Kind<string> = {
  expects: 'an origin',
  parse: (text) => (isOrigin(text) ? text : undefined),
};
export const allowedOrigins = listOf(
  origin,
  'a list of origins as browsers write them, such as https://shop.example',
);

/** Its user and password are nobody else's business. */
export const redisUrl: Kind<string> = unsaid(
  {
    expects: 'redis://host:port or rediss://host:port',
    parse(text) {
      const url = URL.parse(text);
      return url && /^rediss?:$/.test(url.protocol) && url.hostname !== '' ? text : undefined;
    },
  },
  somethingElse,
);

interface Joined {
  readonly tenants: ReadonlyMap<string, ConfiguredTenant>;
  readonly allowedOrigins: readonly string[];
  readonly webhooks: ReadonlyMap<string, Webhook>;
}

/** What stands with a tenant counts as if it stood in the variable of its own. @param notices is added to */
export function joinTenants(
  tenants: ReadonlyMap<string, ConfiguredTenant>,
  origins: readonly string[],
  webhooks: ReadonlyMap<string, Webhook>,
  notices: string[],
): Joined {
  const joined = new Map(webhooks);
  for (const [name, { webhook }] of tenants) {
    if (!webhook) continue;
    if (webhooks.has(name))
      notices.push(`WEBHOOKS and TENANTS have a webhook of '${name}': the latter counts`);
    joined.set(name, webhook);
  }
  const all = [...origins, ...[...tenants.values()].flatMap((tenant) => tenant.origins)];
  return { tenants, allowedOrigins: [...new Set(all)], webhooks: joined };
}

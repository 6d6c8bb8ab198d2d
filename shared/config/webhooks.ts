// WEBHOOKS: where a tenant wants to be told of a job's end, and the secret that signs it. Secrets and addresses, which
// may hold one, are in no message.
import { z } from 'zod';
import { tenantSchema } from '../message.ts';
import type { Kind } from './kinds.ts';
import { isSafeUrl } from './kinds.ts';

export interface Webhook {
  readonly url: string;
  readonly secret: string;
}

const SHORTEST_SECRET = 16;

export const webhookSchema = z.strictObject({
  url: z.string().refine((text) => {
    const url = URL.parse(text);
    return url !== null && isSafeUrl(url);
  }),
  secret: z.string().min(SHORTEST_SECRET),
});

const webhooksSchema = z.record(tenantSchema, webhookSchema);

export const webhooksKind: Kind<ReadonlyMap<string, Webhook>> = {
  expects: `{"tenant": {"url": "https://…", "secret": "${SHORTEST_SECRET} characters or more"}}`,
  parse(text) {
    const { data } = webhooksSchema.safeParse(readJson(text));
    return data && new Map(Object.entries(data));
  },
  received(text) {
    const json = readJson(text);
    if (json === undefined) return 'text that is not JSON';
    const issues = webhooksSchema.safeParse(json).error?.issues ?? [];
    return [...new Set(issues.map(({ path }) => sayWhere(path)))].join(', ');
  },
};

function sayWhere([tenant, field]: readonly PropertyKey[]): string {
  const named = tenantSchema.safeParse(tenant);
  if (tenant === undefined) return 'something else';
  if (!named.success) return 'a tenant whose name is none';
  if (field !== 'url' && field !== 'secret') return `something else for '${named.data}'`;
  return `another ${field} for '${named.data}'`;
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// The day's warm-ups, counted by objects that can only be created: whoever creates the next number may publish, in
// whichever instance, and its neighbours see that somebody has.
import { z } from 'zod';
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectName } from '../../shared/gs-uri.ts';
import { toJson } from '../../shared/job-records.ts';
import type { ObjectStore } from '../../shared/object-store.ts';

export interface BudgetPorts {
  readonly store: Pick<ObjectStore, 'read' | 'writeIfAbsent' | 'list' | 'delete'>;
  readonly bucket: string;
  readonly budgetPerDay: number;
  now(): number;
}

export interface Claim {
  /** False when another instance has the same wish, and has just passed it on. */
  readonly isOurs: boolean;
  /** ISO 8601. */
  readonly at: string;
  readonly number: number;
  /** It was not passed on after all. */
  giveUp(): Promise<void>;
}

/** Wishes within it are one. */
export const SOON_MS = 60_000;
const FOLDER = 'ops/warm/asked/';
const MAX_BYTES = 4096;
const DAY_MS = 24 * 60 * 60 * 1000;

const askedSchema = z.object({ at: z.iso.datetime() });

/**
 * @param last the last of which somebody knows; where it is not up to date, it only takes longer
 * @throws QUOTA_EXCEEDED, STORE_UNAVAILABLE
 */
export async function claimWarmup(
  last: { readonly at: string; readonly number: number } | undefined,
  { store, bucket, budgetPerDay, now }: BudgetPorts,
): Promise<Claim> {
  const at = new Date(now()).toISOString();
  const day = at.slice(0, 10);
  const first = last?.at.startsWith(day) ? last.number + 1 : 1;
  for (let number = first; number <= budgetPerDay; number++) {
    const object: ObjectName = { bucket, name: `${FOLDER}${day}/${number}.json` };
    const giveUp = async (): Promise<void> => void (await store.delete(object));
    const { created } = await store.writeIfAbsent(object, toJson({ at }), {
      contentType: 'application/json',
    });
    if (created) {
      if (number === 1) await forgetOtherDays(day, { store, bucket });
      return { isOurs: true, at, number, giveUp };
    }
    const asked = await whenAsked(object, store);
    if (asked !== undefined && now() - Date.parse(asked) < SOON_MS)
      return { isOurs: false, at: asked, number, giveUp: async () => {} };
  }
  throw quotaExceeded(budgetPerDay, now());
}

async function whenAsked(object: ObjectName, store: BudgetPorts['store']): Promise<string | undefined> {
  const found = await store.read(object, MAX_BYTES);
  if (!found) return undefined;
  return readState(found.data, askedSchema)?.at;
}

async function forgetOtherDays(day: string, { store, bucket }: Pick<BudgetPorts, 'store' | 'bucket'>) {
  try {
    for await (const object of store.list(bucket, FOLDER))
      if (!object.name.startsWith(`${FOLDER}${day}/`)) await store.delete(object);
  } catch {
    // A few old objects harm nobody, and tomorrow they are looked for again.
  }
}

function quotaExceeded(limit: number, nowMs: number): CutlineError {
  const reset = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  return new CutlineError('QUOTA_EXCEEDED', {
    fields: {
      limit,
      what: 'warm-ups',
      retry_after_seconds: Math.ceil((reset - nowMs) / 1000),
      limit_reset_at: new Date(reset).toISOString().replace('.000Z', 'Z'),
    },
  });
}

/** What cannot be read says nothing: it is about a state that changes by the minute. */
export function readState<Schema extends z.ZodType>(
  data: Uint8Array,
  schema: Schema,
): z.output<Schema> | undefined {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(data)));
  } catch {
    return undefined;
  }
}

// A push of Pub/Sub, read: what a handler is given, and what it answers.
import { z } from 'zod';

export interface Delivery {
  /** The message's JSON, parsed; `undefined` when it is none. */
  readonly data: unknown;
  readonly attributes: Readonly<Record<string, string>>;
  /** The same at every delivery of the message. */
  readonly messageId: string;
  /** RFC 3339; empty when the carrier did not say. */
  readonly publishTime: string;
  /** In full: `projects/…/subscriptions/…`. */
  readonly subscription: string;
  /** From 1; only where the subscription has a dead letter. */
  readonly attempt?: number;
}

export interface PushAnswer {
  readonly status: number;
  readonly body?: unknown;
}

export type PushHandler = (delivery: Delivery) => Promise<PushAnswer>;

/** Pub/Sub's list: any other answer, 206 among them, brings the message back. */
const acknowledging: ReadonlySet<number> = new Set([102, 200, 201, 202, 204]);

export const isAcknowledged = ({ status }: PushAnswer): boolean => acknowledging.has(status);

/** Ours have a few kilobytes; Pub/Sub would carry ten megabytes. As base64 it fits a body of one megabyte. */
export const MAX_DATA_BYTES = 512 * 1024;
/** Pub/Sub's own, with room for what it adds to a dead letter. */
const MAX_ATTRIBUTES = 110;
const MAX_KEY = 256;
const MAX_VALUE = 1024;
/** Ids and names of subscriptions are far shorter. */
const MAX_NAME = 512;

const name = z.string().max(MAX_NAME);
const attributesSchema = z
  .record(z.string().max(MAX_KEY), z.string().max(MAX_VALUE))
  .refine((attributes) => Object.keys(attributes).length <= MAX_ATTRIBUTES);

/** Pub/Sub writes two keys both ways; either will do. */
const pushSchema = z.object({
  message: z
    .object({
      data: z.string().nullish(),
      attributes: attributesSchema.nullish(),
      messageId: name.min(1).optional(),
      message_id: name.min(1).optional(),
      publishTime: name.optional(),
      publish_time: name.optional(),
    })
    .refine((message) => (message.messageId ?? message.message_id) !== undefined),
  subscription: name.default(''),
  deliveryAttempt: z.int().positive().nullish(),
});

/**
 * @param body of the request, parsed as JSON
 * @returns `undefined` when it is no push at all. A push whose data is no base64, no JSON, or above half a megabyte is
 *   one without data.
 */
export function parsePush(body: unknown): Delivery | undefined {
  const parsed = pushSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { message, subscription, deliveryAttempt } = parsed.data;
  return {
    data: parseData(message.data ?? ''),
    attributes: message.attributes ?? {},
    messageId: (message.messageId ?? message.message_id)!,
    publishTime: message.publishTime ?? message.publish_time ?? '',
    subscription,
    ...(deliveryAttempt ? { attempt: deliveryAttempt } : {}),
  };
}

function parseData(base64: string): unknown {
  if ((base64.length / 4) * 3 > MAX_DATA_BYTES + 2) return undefined; // before a long text is looked through
  // Buffer skips what is no base64 and would make something of it.
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64')));
  } catch {
    return undefined;
  }
}

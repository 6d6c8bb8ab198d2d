// What may be published, checked the same way by both carriers.

import type { Topic } from '../publisher.ts';
import { topics } from '../publisher.ts';
import { MAX_DATA_BYTES } from '../push.ts';

export interface Outgoing {
  /** The data as JSON. */
  readonly json: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** @throws TypeError for what no carrier could deliver: an error in the code, which trying again does not mend */
export function outgoing(
  topic: Topic,
  data: unknown,
  attributes: Readonly<Record<string, string>> = {},
): Outgoing {
  if (!topics.includes(topic)) throw new TypeError(`Expected a topic but received '${topic}'`);
  const json = JSON.stringify(data);
  if (json === undefined) throw new TypeError(`Expected JSON for ${topic} but received ${typeof data}`);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_DATA_BYTES)
    throw new TypeError(`Expected at most ${MAX_DATA_BYTES} bytes for ${topic} but received ${bytes}`);
  for (const [key, value] of Object.entries(attributes))
    if (typeof value !== 'string' || Buffer.byteLength(value) > MAX_ATTRIBUTE_BYTES)
      throw new TypeError(`Expected a short text for the attribute ${key} but received ${value}`);
  return { json, attributes: { ...attributes } };
}

/** Pub/Sub's own limit. */
const MAX_ATTRIBUTE_BYTES = 1024;

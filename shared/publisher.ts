// The port to whatever carries messages: Pub/Sub, or the bus in the process. Delivery is at least once, by push.

/** Stage topics are named as the stages; `uploads` carries the bucket's notifications. */
export const topics = [
  'uploads',
  'upscale',
  'segment',
  'effects',
  'completed',
  'failed',
  'warmup',
  'dead-letter',
] as const;
export type Topic = (typeof topics)[number];

export interface Publisher {
  /**
   * Resolves when the message is safe with the carrier.
   * @param data becomes JSON
   * @throws PUBLISH_FAILED (try again later)
   */
  publish(topic: Topic, data: unknown, attributes?: Readonly<Record<string, string>>): Promise<void>;
}

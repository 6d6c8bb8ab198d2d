// A publisher for `npm run serve` from outside: its bus is its own, so a message is pushed to the function that would get it.
import { randomUUID } from 'node:crypto';
import { CutlineError } from '../../shared/errors.ts';
import type { Publisher } from '../../shared/publisher.ts';
import { isAcknowledged } from '../../shared/push.ts';
import { subscriptions } from '../../shared/subscriptions.ts';

/** A stage answers when it is done. */
const LIMIT_MS = 600_000;

/**
 * Resolves when the function has done its part; what follows goes over its bus.
 * @param url of npm run serve
 */
export function pushPublisher(url: string): Publisher {
  return {
    async publish(topic, data, attributes = {}) {
      const subscription = subscriptions.find((one) => one.topic === topic)!;
      const { service, path, name } = subscription;
      const message = {
        data: Buffer.from(JSON.stringify(data)).toString('base64'),
        attributes,
        messageId: randomUUID(),
        publishTime: new Date().toISOString(),
      };
      const response = await post(`${url}/functions/${service}${path}`, { message, subscription: name });
      if (isAcknowledged(response)) return;
      const text = (await response.text()).slice(0, 300);
      throw new CutlineError('PUBLISH_FAILED', { message: `${service} answered ${response.status} ${text}` });
    },
  };
}

async function post(url: string, body: unknown): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(LIMIT_MS),
    });
  } catch (cause) {
    const { code = String(cause) } = ((cause as Error).cause ?? {}) as { code?: string };
    throw new CutlineError('PUBLISH_FAILED', { message: `${url} cannot be reached: ${code}`, cause });
  }
}

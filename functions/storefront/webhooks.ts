// The worker behind `completed` and `failed`: each tenant's webhook is posted the same document, signed. Pub/Sub tries
// again with back-off; a webhook that is dead holds nothing up.
import { createHmac } from 'node:crypto';
import { CutlineError, publicError, toCutlineError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import type { Completed, Failed } from '../../shared/message.ts';
import { completedSchema, failedSchema } from '../../shared/message.ts';
import type { Delivery, PushAnswer, PushHandler } from '../../shared/push.ts';

export interface Webhook {
  readonly url: string;
  readonly secret: string;
}

/**
 * The port to a webhook. Follows no redirect, takes no notice of the answer's body.
 * @throws PUBLISH_FAILED when there is no answer; its message says why, and nothing of the URL
 */
export type PostSigned = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
) => Promise<{ readonly status: number }>;

export interface WebhookPorts {
  /** By tenant; most have none. */
  readonly webhooks: ReadonlyMap<string, Webhook>;
  readonly post: PostSigned;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Logger;
}

const TIMEOUT_MS = 10_000;
const LONGEST_MS = 24 * 60 * 60 * 1000;

export function createWebhooks(ports: WebhookPorts): PushHandler {
  return async (delivery) => {
    const end = readEnd(delivery.data);
    if (!end) {
      const { messageId: message_id, subscription } = delivery;
      ports.log.warning('A message that tells of no job’s end was dropped', { message_id, subscription });
      return { status: 204 };
    }
    const webhook = ports.webhooks.get(end.document.tenant);
    return webhook ? await tell(end, webhook, delivery, ports) : { status: 204 };
  };
}

interface End {
  readonly event: 'completed' | 'failed';
  readonly document: Completed | Failed;
}

function readEnd(data: unknown): End | undefined {
  const completed = completedSchema.safeParse(data);
  if (completed.success) return { event: 'completed', document: completed.data };
  const failed = failedSchema.safeParse(data);
  return failed.success ? { event: 'failed', document: failed.data } : undefined;
}

async function tell(
  { event, document }: End,
  webhook: Webhook,
  { publishTime, attempt }: Delivery,
  ports: WebhookPorts,
): Promise<PushAnswer> {
  const { job, tenant } = document;
  const log = ports.log.child({ job, tenant, event, webhook: withoutSecrets(webhook.url), attempt });
  // Without a time it is as young as can be.
  if (ports.now() - Date.parse(publishTime) > LONGEST_MS) {
    log.error('webhook: given up after a day');
    return { status: 204 };
  }
  const body = JSON.stringify(document);
  const headers = {
    'Content-Type': 'application/json',
    'X-Cutline-Event': event,
    'X-Cutline-Delivery': job,
    ...signature(webhook.secret, Math.floor(ports.now() / 1000), body),
  };
  try {
    const { status } = await ports.post(webhook.url, body, headers, TIMEOUT_MS);
    if (status >= 200 && status < 300) log.info('webhook: told', { status });
    else if (status === 410) log.warning('webhook: gone, and not told again', { status });
    else throw new CutlineError('PUBLISH_FAILED', { message: `the webhook answered ${status}` });
    return { status: 204 };
  } catch (thrown) {
    const error = toCutlineError(thrown);
    log.warning('webhook: to be told again', { error });
    return { status: 503, body: publicError(error) };
  }
}

/** @param seconds since 1970 */
export function signature(secret: string, seconds: number, body: string): Record<string, string> {
  const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return { 'X-Cutline-Timestamp': String(seconds), 'X-Cutline-Signature': `t=${seconds},v1=${v1}` };
}

/** For the log: people put passwords and tokens into URLs. */
function withoutSecrets(url: string): string {
  const { protocol = '', host = '', pathname = '' } = URL.parse(url) ?? {};
  return `${protocol}//${host}${pathname}`;
}

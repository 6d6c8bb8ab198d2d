// What wakes ingest, and what it answers: uploads by notification or CloudEvent, and what Pub/Sub gave up.
import { publicError, toCutlineError } from '../../shared/errors.ts';
import type { PushAnswer, PushHandler } from '../../shared/push.ts';
import { giveUp } from './dead-letter.ts';
import type { IngestPorts } from './take-upload.ts';
import { takeUpload } from './take-upload.ts';
import type { Headers } from './upload-event.ts';
import { fromCloudEvent } from './upload-event.ts';

export interface Ingest {
  /** A notification of the uploads bucket. */
  readonly push: PushHandler;
  /** What Pub/Sub gave up: a stage message, or a notification. */
  readonly deadLetter: PushHandler;
  /** A binary CloudEvent. @param headers in lower case @param body parsed JSON */
  cloudEvent(headers: Headers, body: unknown): Promise<PushAnswer>;
}

export function createIngest(ports: IngestPorts): Ingest {
  const { log } = ports;
  const handler =
    (work: typeof takeUpload): PushHandler =>
    async (delivery) => {
      try {
        await work(delivery, ports);
        return { status: 204 };
      } catch (thrown) {
        const error = toCutlineError(thrown);
        const { messageId: message_id, attempt, attributes } = delivery;
        const about = { message_id, attempt, object: attributes.objectId, error };
        // Not ours, or the photo is gone: delivered again it would be no better.
        if (error.event === 'fail') {
          log.warning('A message was dropped', about);
          return { status: 204 };
        }
        log.warning('A message is to be delivered again', about);
        return { status: error.status, body: publicError(error) };
      }
    };
  const push = handler(takeUpload);
  return {
    push,
    deadLetter: handler(giveUp),
    async cloudEvent(headers, body) {
      const delivery = fromCloudEvent(headers, body);
      if (delivery) return await push(delivery);
      log.warning('A request that is no event of ours was dropped', { type: headers['ce-type'] });
      return { status: 204 };
    },
  };
}

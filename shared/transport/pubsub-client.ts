// A client of Pub/Sub, or of its emulator.
import { PubSub } from '@google-cloud/pubsub';

export interface PubSubOptions {
  readonly projectId: string;
  /** `host:port` of an emulator; the real service where there is none. */
  readonly apiEndpoint?: string | undefined;
}

export function openPubSub({ projectId, apiEndpoint }: PubSubOptions): PubSub {
  if (apiEndpoint === undefined) return new PubSub({ projectId });
  // The universe is named, or the client would look for Google's metadata server before it calls the emulator.
  const clientOptions = { universeDomain: 'googleapis.com' };
  return new PubSub({ projectId, apiEndpoint, emulatorMode: true, clientOptions });
}

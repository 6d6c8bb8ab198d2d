// Buckets, and their word to Pub/Sub, made by hand where no Terraform does it: on an emulator.
import type { CloudStorageOptions } from './cloud-storage-client.ts';
import { openClient } from './cloud-storage-client.ts';
import { statusOf } from './cloud-storage-errors.ts';

export interface BucketSetup extends CloudStorageOptions {
  /** Has a bucket tell of every new object. The emulator must itself know where Pub/Sub's emulator is. */
  readonly notify?: {
    readonly bucket: string;
    /** `projects/<project>/topics/<topic>`, which must be there. */
    readonly topic: string;
    /** Of the objects told of. */
    readonly prefix?: string;
  };
}

const ALREADY_THERE = 409;

/**
 * Makes what is not there: a second call changes nothing.
 * @throws the client's errors
 */
export async function ensureBuckets(setup: BucketSetup): Promise<void> {
  const storage = openClient(setup);
  for (const name of setup.buckets) {
    try {
      await storage.createBucket(name);
    } catch (error) {
      if (statusOf(error) !== ALREADY_THERE) throw error;
    }
  }
  if (!setup.notify) return;
  const { topic, prefix } = setup.notify;
  const bucket = storage.bucket(setup.notify.bucket);
  const [there] = await bucket.getNotifications();
  if (there.some(({ metadata }) => metadata?.topic?.endsWith(topic))) return;
  await bucket.createNotification(topic, {
    eventTypes: ['OBJECT_FINALIZE'],
    payloadFormat: 'JSON_API_V1',
    ...(prefix !== undefined && { objectNamePrefix: prefix }),
  });
}

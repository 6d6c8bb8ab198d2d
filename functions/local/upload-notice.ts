// An upload told of as Cloud Storage tells it by Pub/Sub, in its JSON_API_V1 form.
import type { ObjectInfo } from '../../shared/object-store.ts';

export interface UploadNotice {
  /** The object as a resource of Cloud Storage. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** @param at milliseconds since 1970 */
export function uploadNotice(object: ObjectInfo, at: number): UploadNotice {
  const { bucket, name, generation, bytes, contentType, metadata } = object;
  return {
    attributes: {
      eventType: 'OBJECT_FINALIZE',
      eventTime: new Date(at).toISOString(),
      bucketId: bucket,
      objectId: name,
      objectGeneration: generation,
      payloadFormat: 'JSON_API_V1',
      notificationConfig: `projects/_/buckets/${bucket}/notificationConfigs/1`,
    },
    data: {
      kind: 'storage#object',
      id: `${bucket}/${name}/${generation}`,
      bucket,
      name,
      generation,
      metageneration: '1',
      // 64-bit numbers are texts in Google's JSON.
      size: String(bytes),
      contentType,
      metadata,
    },
  };
}

// What says that a photo was put into the uploads bucket: a notification of Cloud Storage by Pub/Sub, or a CloudEvent of
// Eventarc, both brought into the form of the first.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectVersion } from '../../shared/gs-uri.ts';
import { formatUri, isObjectName } from '../../shared/gs-uri.ts';
import { jobIdSchema, tenantSchema } from '../../shared/message.ts';
import type { Delivery } from '../../shared/push.ts';
import { parsePush } from '../../shared/push.ts';
import { parseTrace } from '../../shared/trace.ts';

export interface UploadsPlace {
  readonly bucket: string;
  /** Names that do not begin with it are somebody else's. */
  readonly prefix: string;
}

/** A photo, and whose job it is. */
export interface Upload {
  readonly version: ObjectVersion;
  /** gs://bucket/object#generation */
  readonly uri: string;
  readonly tenant: string;
  readonly job: string;
}

const attributesSchema = z.object({
  eventType: z.string().min(1),
  bucketId: z.string().min(1),
  objectId: z.string().min(1),
});
const generationSchema = z.string().regex(/^\d{1,20}$/);

/**
 * @returns why it is left alone, where it is one of ours that asks for nothing
 * @throws MESSAGE_INVALID for what is none of ours
 */
export function readUpload({ attributes }: Delivery, place: UploadsPlace): Upload | { ignored: string } {
  const parsed = attributesSchema.safeParse(attributes);
  if (!parsed.success) throw invalid(`${String(parsed.error.issues[0]!.path[0])} is missing`);
  const { eventType, bucketId: bucket, objectId: name } = parsed.data;
  if (bucket !== place.bucket) throw invalid(`expected the bucket ${place.bucket} but received ${bucket}`);
  if (eventType !== 'OBJECT_FINALIZE') return { ignored: `the event is ${eventType}` };
  if (!name.startsWith(place.prefix)) return { ignored: `${name} is not below ${place.prefix}` };
  if (name.endsWith('/')) return { ignored: `${name} is a folder` };
  if (!isObjectName({ bucket, name })) throw invalid(`expected an object's name but received ${name}`);
  const generation = generationSchema.safeParse(attributes.objectGeneration);
  if (!generation.success) throw invalid('objectGeneration is no number');
  const version = { bucket, name, generation: generation.data };
  return { version, uri: formatUri(version), ...ownerOf(version, place.prefix) };
}

/** `<tenant>/<job>.<ext>` below the prefix, as upload URLs are given out; else it was simply put there. */
function ownerOf(version: ObjectVersion, prefix: string): Pick<Upload, 'tenant' | 'job'> {
  const [, tenant, job] = /^([^/]+)\/([^/.]+)\.[^/]+$/.exec(version.name.slice(prefix.length)) ?? [];
  if (tenantSchema.safeParse(tenant).success && jobIdSchema.safeParse(job).success)
    return { tenant: tenant!, job: job! };
  const text = `${version.bucket}/${version.name}#${version.generation}`;
  return { tenant: 'default', job: createHash('sha256').update(text).digest('hex').slice(0, 32) };
}

/** What is no trace, or more than a message may hold, is as good as none. */
export function traceOf({ attributes }: Delivery): string | undefined {
  const trace = attributes.traceparent ?? '';
  return parseTrace(trace) && /^[\w-]{1,128}$/.test(trace) ? trace : undefined;
}

/** Of a request, in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const STORAGE = 'google.cloud.storage.object.v1.';
const PUBSUB = 'google.cloud.pubsub.topic.v1.messagePublished';

const objectSchema = z.object({
  bucket: z.string(),
  name: z.string(),
  // A 64-bit number is a text in Google's JSON.
  generation: z.union([z.string(), z.int().transform(String)]),
});

/**
 * A binary CloudEvent: its attributes are headers, its data the body.
 * @returns `undefined` when it is no event that concerns objects or carries a push
 */
export function fromCloudEvent(headers: Headers, body: unknown): Delivery | undefined {
  const header = (name: string): string => String(headers[name] ?? '');
  const type = header('ce-type');
  if (type === PUBSUB) return parsePush(body);
  if (!type.startsWith(STORAGE)) return undefined;
  const object = objectSchema.safeParse(body).data;
  const trace = header('traceparent') || header('ce-traceparent');
  return {
    data: body,
    attributes: {
      eventType: type === `${STORAGE}finalized` ? 'OBJECT_FINALIZE' : type,
      ...(object && {
        bucketId: object.bucket,
        objectId: object.name,
        objectGeneration: object.generation,
      }),
      ...(trace && { traceparent: trace }),
    },
    messageId: header('ce-id'),
    publishTime: header('ce-time'),
    subscription: header('ce-source'),
  };
}

function invalid(message: string): CutlineError {
  return new CutlineError('MESSAGE_INVALID', { message });
}

// How a job begins: an id is given out, and a photo with its options as metadata is put into the uploads bucket, by us or
// by the browser. Only the bucket's notification of it starts the job.
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectName } from '../../shared/gs-uri.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { checkBytes, checkFormat } from '../../shared/image/limits.ts';
import type { PictureFormat } from '../../shared/image/sniff.ts';
import { describeContent, SNIFF_BYTES, sniff, supportedFormats } from '../../shared/image/sniff.ts';
import type { JobOptions } from '../../shared/job.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import { checkResult, routeOf } from '../../shared/pipeline.ts';
import type { UploadUrl, UploadUrls } from '../../shared/upload-urls.ts';
import type { AskedJobs } from './asked-jobs.ts';
import type { Given, ReadWishes } from './read-wishes.ts';
import { readWishes } from './read-wishes.ts';

export interface CreatePorts {
  readonly store: ObjectStore;
  readonly uploadUrls: UploadUrls;
  readonly asked: Pick<AskedJobs, 'write'>;
  readonly uploadsBucket: string;
  /** Names below it alone are photos: `uploads/`. */
  readonly uploadsPrefix: string;
  readonly limits: ImageLimits;
  /**
   * What a file's header says, checked; no pixel is decoded.
   * @throws INVALID_FORMAT, IMAGE_BOMB, IMAGE_TOO_LARGE, IMAGE_TOO_SMALL, IMAGE_CORRUPT
   */
  inspect(file: Uint8Array): Promise<{ readonly width: number; readonly height: number }>;
  /** Milliseconds since 1970. */
  now(): number;
  randomBytes(count: number): Uint8Array;
}

/** Whose job, and what is asked of the photo. */
export interface Asking {
  readonly tenant: string;
  /** By name, as texts or JSON; `reference` may be among them. */
  readonly options: Given;
  /** The owner's own word for it. */
  readonly reference?: string | undefined;
}

export interface GivenUpload extends Omit<UploadUrl, 'url'> {
  readonly job: string;
  readonly upload_url: string;
}

/** Time to choose, to shrink and to send 10 MB over a slow line. */
export const UPLOAD_VALID_MS = 15 * 60 * 1000;

const kinds: Readonly<Record<PictureFormat, { readonly type: string; readonly extension: string }>> = {
  JPEG: { type: 'image/jpeg', extension: 'jpg' },
  PNG: { type: 'image/png', extension: 'png' },
  WEBP: { type: 'image/webp', extension: 'webp' },
  AVIF: { type: 'image/avif', extension: 'avif' },
  GIF: { type: 'image/gif', extension: 'gif' },
  BMP: { type: 'image/bmp', extension: 'bmp' },
  HEIC: { type: 'image/heic', extension: 'heic' },
};
/** What else phones and browsers call them. */
const otherNames: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/heif': 'image/heic',
};

/**
 * One signed PUT straight to the bucket; type, size and options are in its signature.
 * @param contentType as the file will be sent
 * @throws OPTIONS_INVALID, INVALID_FORMAT, STORE_UNAVAILABLE
 */
export async function createUpload(
  asking: Asking & { readonly contentType: string },
  ports: CreatePorts,
): Promise<GivenUpload> {
  return await giveUpload({ ...asking, ...checkUpload(asking) }, newId(ports), ports);
}

/** @throws OPTIONS_INVALID, INVALID_FORMAT */
export function checkUpload(asking: Asking & { readonly contentType: string }): CheckedUpload {
  const contentType = asking.contentType.trim().toLowerCase();
  const type = otherNames[contentType] ?? contentType;
  const kind = Object.values(kinds).find((kind) => kind.type === type);
  if (!kind) {
    const received_format = contentType.slice(0, 60);
    throw new CutlineError('INVALID_FORMAT', {
      fields: { supported_formats: supportedFormats, received_format },
    });
  }
  return { wishes: wishesOf(asking), kind: { ...kind, type: contentType } };
}

export interface CheckedUpload {
  readonly wishes: ReadWishes;
  readonly kind: { readonly type: string; readonly extension: string };
}

/** @throws STORE_UNAVAILABLE */
export async function giveUpload(
  { tenant, wishes, kind }: CheckedUpload & Pick<Asking, 'tenant'>,
  job: string,
  ports: CreatePorts,
): Promise<GivenUpload> {
  const upload = placeOf(job, tenant, kind.extension, ports);
  const { url, ...given } = await ports.uploadUrls.create(upload, {
    contentType: kind.type,
    minBytes: 1,
    maxBytes: ports.limits.maxFileBytes,
    metadata: wishes.metadata,
    expiresMs: ports.now() + UPLOAD_VALID_MS,
  });
  await remember({ job, tenant, wishes, upload }, ports);
  return { job, upload_url: url, ...given };
}

/**
 * @returns the new job's id, when the photo is safe
 * @throws OPTIONS_INVALID and all that is wrong with a photo, before anything is written; STORE_UNAVAILABLE
 */
export async function createJobFromFile(
  asking: Asking & { readonly data: Uint8Array },
  ports: CreatePorts,
): Promise<{ readonly job: string }> {
  const wishes = wishesOf(asking);
  const kind = await checkPhoto(asking.data, wishes.options, ports);
  const job = newId(ports);
  await putPhoto({ ...asking, wishes, kind }, job, ports);
  return { job };
}

/** @throws FILE_TOO_LARGE, INVALID_FORMAT, IMAGE_*, OUTPUT_TOO_LARGE */
export async function checkPhoto(
  data: Uint8Array,
  options: JobOptions,
  { limits, inspect }: CreatePorts,
): Promise<CheckedUpload['kind']> {
  checkBytes(data.byteLength, limits);
  const beginning = data.subarray(0, SNIFF_BYTES);
  const format = checkFormat(sniff(beginning), describeContent(beginning));
  checkResult(await inspect(data), options, limits);
  return kinds[format];
}

/** @throws STORE_UNAVAILABLE */
export async function putPhoto(
  photo: CheckedUpload & { readonly tenant: string; readonly data: Uint8Array },
  job: string,
  ports: CreatePorts,
): Promise<void> {
  const { tenant, wishes, kind, data } = photo;
  const upload = placeOf(job, tenant, kind.extension, ports);
  await remember({ job, tenant, wishes, upload }, ports);
  // Under a new id there is nothing but what a lost answer made us write twice.
  await ports.store.writeIfAbsent(upload, data, { contentType: kind.type, metadata: wishes.metadata });
}

/** @throws OPTIONS_INVALID */
export function wishesOf({ options, reference }: Asking): ReadWishes {
  return readWishes(reference === undefined ? options : { ...options, reference });
}

/** 128 bits by chance. */
export function newId({ randomBytes }: Pick<CreatePorts, 'randomBytes'>): string {
  return Buffer.from(randomBytes(16)).toString('hex');
}

function placeOf(job: string, tenant: string, extension: string, ports: CreatePorts): ObjectName {
  return { bucket: ports.uploadsBucket, name: `${ports.uploadsPrefix}${tenant}/${job}.${extension}` };
}

async function remember(
  asked: { job: string; tenant: string; wishes: ReadWishes; upload: ObjectName },
  ports: CreatePorts,
): Promise<void> {
  const { job, tenant, wishes, upload } = asked;
  const { reference, options } = wishes;
  const expires = new Date(ports.now() + UPLOAD_VALID_MS).toISOString();
  await ports.asked.write({ job, tenant, reference, upload, route: routeOf(options), expires });
}

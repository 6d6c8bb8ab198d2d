// What Cloud Storage says of an object, and its bytes: checked on the way, in a buffer of their own that may be handed
// to another thread.
import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import { z } from 'zod';
import type { ObjectInfo } from '../object-store.ts';
import type { CloudFile } from './cloud-storage-client.ts';
import { statusOf } from './cloud-storage-errors.ts';
import { withLowerCaseKeys } from './object-rules.ts';

export interface Found {
  readonly info: ObjectInfo;
  /** MD5 is native, CRC32C is JavaScript and takes five times as long; an object put together on the server has no other. */
  readonly sum: 'md5' | 'crc32c';
}

/** Numbers of 64 bits travel as strings. */
const foundSchema = z.object({
  name: z.string(),
  generation: z.union([z.string(), z.number()]).transform(String),
  size: z.union([z.string(), z.number()]).transform(Number),
  contentType: z.string().default('application/octet-stream'),
  metadata: z.record(z.string(), z.string()).default({}),
  md5Hash: z.string().optional(),
});

/** @param metadata an object resource of the JSON API */
export function found(bucket: string, metadata: unknown): Found {
  const { size, md5Hash, ...parsed } = foundSchema.parse(metadata);
  const info = { ...parsed, bucket, bytes: size, metadata: withLowerCaseKeys(parsed.metadata) };
  return { info, sum: md5Hash ? 'md5' : 'crc32c' };
}

/** @param answer of the JSON API's `rewriteTo` */
export function foundCopy(bucket: string, answer: unknown): Found {
  return found(bucket, z.object({ resource: z.unknown() }).parse(answer).resource);
}

/** @throws the client's errors */
export async function download(
  file: CloudFile,
  bytes: number,
  sum: Found['sum'],
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await downloadOnce(file, bytes, sum, signal);
  } catch (error) {
    // Broken off, or changed on the way; the client repeats only what got no answer at all.
    if (statusOf(error) !== undefined || signal.aborted) throw error;
    return await downloadOnce(file, bytes, sum, signal);
  }
}

async function downloadOnce(
  file: CloudFile,
  bytes: number,
  sum: Found['sum'],
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(bytes);
  let at = 0;
  // What its uploader declared as gzip is left as it is stored: unpacked it could be of any size.
  const stream = file.createReadStream({ decompress: false, validation: sum });
  // The client hangs eleven listeners on a response, one more than Node takes for a leak.
  stream.on('response', (response: Readable) => response.setMaxListeners(20));
  addAbortSignal(signal, stream);
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    if (at + chunk.length <= bytes) data.set(chunk, at);
    at += chunk.length;
    if (at > bytes) break;
  }
  if (at !== bytes) throw new Error(`Expected ${bytes} bytes but received ${at > bytes ? 'more' : at}`);
  return data;
}

// What lies in the uploads bucket, looked at again and again: a photo that has been still for a second is announced as
// Cloud Storage would announce it.
import type { Logger } from '../../shared/log.ts';
import type { ObjectInfo, ObjectStore } from '../../shared/object-store.ts';
import type { Publisher } from '../../shared/publisher.ts';
import type { AnnouncedUploads } from './announced-uploads.ts';
import { uploadNotice } from './upload-notice.ts';

export interface LookOptions {
  readonly store: ObjectStore;
  readonly publisher: Publisher;
  readonly bucket: string;
  readonly prefix: string;
  readonly announced: AnnouncedUploads;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Logger;
}

/** A file that somebody copies here grows for a while; there is no other sign of its end. */
const STILL_MS = 1000;
/** So many are published at once, and then remembered at once. */
const BATCH = 16;

/** Names that programs give to what is not finished or is not meant to be seen. */
const passedOver =
  /(^|\/)(\.|~\$|Thumbs\.db$|desktop\.ini$)|(~|\.(part|partial|filepart|tmp|temp|crdownload|download|swp))$/i;

/** @returns the look; one at a time. It throws nothing: what fails is logged and done at the next one. */
export function createUploadsLook(options: LookOptions): () => Promise<void> {
  const { store, bucket, prefix, announced, now, log } = options;
  /** As they were when they were last seen to change. */
  let watched = new Map<string, { readonly info: ObjectInfo; readonly since: number }>();

  async function look(): Promise<void> {
    const there = (await Array.fromAsync(store.list(bucket, prefix))).filter(isUpload);
    await announced.keepOnly(there);
    const at = now();
    const before = watched;
    watched = new Map();
    for (const info of there.filter((info) => !announced.has(info))) {
      const known = before.get(info.name);
      const isSame = known?.info.generation === info.generation && known.info.bytes === info.bytes;
      // A clock that was set back begins anew.
      const since = isSame ? Math.min(known.since, at) : at;
      watched.set(info.name, { info, since });
    }
    const still = [...watched.values()].filter(({ since }) => at - since >= STILL_MS);
    for (let first = 0; first < still.length; first += BATCH)
      await announce(still.slice(first, first + BATCH).map(({ info }) => info));
  }

  async function announce(uploads: readonly ObjectInfo[]): Promise<void> {
    const sent = await Promise.allSettled(uploads.map((upload) => announceUpload(upload, options)));
    await announced.add(uploads.filter((_, index) => sent[index]!.status === 'fulfilled'));
    const failed = sent.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  return async () => {
    try {
      await look();
    } catch (error) {
      log.warning('The uploads could not be looked at or announced; tried again soon', { error });
    }
  };
}

/** As Cloud Storage would. @throws PUBLISH_FAILED */
export async function announceUpload(
  upload: ObjectInfo,
  { publisher, now, log }: Pick<LookOptions, 'publisher' | 'now' | 'log'>,
): Promise<void> {
  const { data, attributes } = uploadNotice(upload, now());
  await publisher.publish('uploads', data, attributes);
  log.debug('An upload was announced', { object: upload.name });
}

export function isUpload({ name, bytes }: ObjectInfo): boolean {
  return bytes > 0 && !passedOver.test(name);
}

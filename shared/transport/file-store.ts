// The object store as files in a folder, for a laptop: what a person drops into <folder>/uploads is an object like any
// other. One process at a time writes; should two, creating still has one winner.
import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CutlineError } from '../errors.ts';
import type { ObjectName, ObjectVersion } from '../gs-uri.ts';
import { formatUri } from '../gs-uri.ts';
import type { ObjectInfo, ObjectStore, WriteOptions, Written } from '../object-store.ts';
import { attempt, ignoring } from './file-store-errors.ts';
import { generationOf, isHidden, isLive, look, objectPath, syncFolder } from './file-store-layout.ts';
import { deleteDescription, deleteDescriptions, writeDescription } from './file-store-metadata.ts';
import { infoOf, listObjects, readObject } from './file-store-read.ts';
import { startStore } from './file-store-start.ts';
import type { Draft, Place } from './file-store-write.ts';
import {
  copiedFrom,
  createDrafts,
  filledWith,
  placeIfFree,
  placeOver,
  removeEmptyFolders,
} from './file-store-write.ts';
import { checkWritable, isKnown } from './object-rules.ts';
import { createTurns } from './turns.ts';

export interface FileStoreOptions {
  /** The buckets that there are: a folder each. */
  readonly buckets?: readonly string[];
}

/**
 * Makes the folder if need be, and clears away what a killed process left half written.
 * A file or folder whose name begins with a dot is no object here, a symbolic link neither. A file that a person is
 * still copying is one, with another generation at each step: wait until it is still.
 * @throws CONFIG_INVALID when the folder cannot be written, or its file system knows no hard links
 */
export function createFileStore(folder: string, options: FileStoreOptions = {}): ObjectStore {
  const buckets = options.buckets ?? ['uploads', 'results'];
  const { root, started } = startStore(folder, buckets);
  const withDraft = createDrafts(root, started);
  const inTurn = createTurns();
  const isOurs = (object: ObjectName): boolean => isKnown(buckets, object) && !isHidden(object.name);

  return {
    async head(object) {
      if (!isOurs(object)) return undefined;
      return await attempt(`look at ${formatUri(object)}`, () => infoOf(root, object));
    },
    async read(object, maxBytes) {
      if (!isOurs(object)) return undefined;
      return await attempt(`read ${formatUri(object)}`, () => readObject(root, object, maxBytes));
    },
    async writeIfAbsent(object, data, options) {
      return await writing(object, async (target) => {
        return (await existing(target)) ?? (await withDraft(filledWith(data), create(target, options)));
      });
    },
    async write(object, data, options) {
      return await writing(object, async (target) => {
        const before = await look(root, target);
        const above = before && generationOf(before);
        const info = await withDraft(filledWith(data), name(target, options, placeOver), above);
        if (above) await deleteDescriptions(root, { ...target, generation: above });
        return info ?? failed(object);
      });
    },
    async copyIfAbsent(from, to) {
      return await writing(to, async (target) => {
        const source = isOurs(from) ? await infoOf(root, from) : undefined;
        if (!source) return undefined;
        const there = await existing(target);
        if (there) return there;
        return await withDraft(copiedFrom(objectPath(root, source)), async (draft) => {
          const isWhole = draft.bytes === source.bytes && (await isLive(root, source));
          return isWhole ? await create(target, source)(draft) : undefined;
        });
      });
    },
    async *list(bucket, prefix) {
      if (!buckets.includes(bucket)) return;
      const objects = listObjects(root, bucket, prefix)[Symbol.asyncIterator]();
      for (;;) {
        const next = await attempt(`list gs://${bucket}/${prefix}`, () => objects.next());
        if (next.done) return;
        yield next.value;
      }
    },
    async delete(object) {
      if (!isOurs(object)) return false;
      return await attempt(`delete ${formatUri(object)}`, () =>
        inTurn(objectPath(root, object), () => remove(object)),
      );
    },
  };

  /** @param object may be a version that was read before: its name counts, not its generation */
  async function writing<Result>(
    object: ObjectName,
    task: (target: ObjectName) => Promise<Result>,
  ): Promise<Result> {
    checkWritable(buckets, object);
    if (isHidden(object.name)) {
      const message = `Expected a name that is not hidden to write but received ${formatUri(object)}`;
      throw new CutlineError('INTERNAL', { message });
    }
    return await attempt(`write ${formatUri(object)}`, () =>
      inTurn(objectPath(root, object), () => task({ bucket: object.bucket, name: object.name })),
    );
  }

  async function existing(object: ObjectName): Promise<Written | undefined> {
    const info = await infoOf(root, object);
    if (!info) return undefined;
    // Whoever wrote it may not have come so far, and his object is what the caller will build on.
    await syncFolder(dirname(objectPath(root, object)));
    return { object: info, created: false };
  }

  function create(object: ObjectName, options: WriteOptions) {
    return async (draft: Draft): Promise<Written> => {
      const created = await name(object, options, placeIfFree)(draft);
      if (created) return { object: created, created: true };
      return (await existing(object)) ?? failed(object);
    };
  }

  /** The description first, so that it is there the moment the object is. */
  function name(object: ObjectName, options: WriteOptions, place: Place) {
    return async (draft: Draft): Promise<ObjectInfo | undefined> => {
      const version = { bucket: object.bucket, name: object.name, generation: draft.generation };
      const description = await writeDescription(root, version, options);
      let placed = false;
      try {
        placed = await place(root, object, draft);
        return placed ? { ...version, bytes: draft.bytes, ...description } : undefined;
      } finally {
        if (!placed && !(await isLive(root, version))) await deleteDescription(root, version);
      }
    };
  }

  async function remove(object: ObjectName | ObjectVersion): Promise<boolean> {
    const stats = await look(root, object);
    if (!stats) return false;
    const generation = generationOf(stats);
    if ('generation' in object && object.generation !== generation) return false;
    const removed = await ignoring(['ENOENT'], async () => {
      await unlink(objectPath(root, object));
      return true;
    });
    if (!removed) return false;
    // Safe before the description goes: what a loss of power brought back would have lost its options.
    await removeEmptyFolders(root, object);
    await deleteDescriptions(root, { ...object, generation });
    return true;
  }
}

function failed(object: ObjectName): never {
  const message = `Expected a file or nothing at ${formatUri(object)} but received a folder or a link`;
  throw new CutlineError('INTERNAL', { message });
}

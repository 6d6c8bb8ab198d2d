// An object store that tells of what is put into it, as Cloud Storage tells Pub/Sub: what this process uploads starts its
// job at once instead of at the next look.
import type { ObjectInfo, ObjectStore } from '../../shared/object-store.ts';

/**
 * @param tell of each new object, before its writer goes on; it throws nothing
 * @returns the same store for all else
 */
export function notifyingStore(store: ObjectStore, tell: (object: ObjectInfo) => Promise<void>): ObjectStore {
  return {
    ...store,
    async writeIfAbsent(object, data, options) {
      const written = await store.writeIfAbsent(object, data, options);
      if (written.created) await tell(written.object);
      return written;
    },
    async write(object, data, options) {
      const info = await store.write(object, data, options);
      await tell(info);
      return info;
    },
    async copyIfAbsent(from, to) {
      const written = await store.copyIfAbsent(from, to);
      if (written?.created) await tell(written.object);
      return written;
    },
  };
}

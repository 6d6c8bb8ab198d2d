// Cloud Storage and Pub/Sub without their clients, some 600 modules, until one is called: a function is ready sooner, and
// its models are opened meanwhile.
import type { ObjectStore } from '../object-store.ts';
import type { PubSubPublisher, PubSubPublisherOptions } from './cloud-pubsub.ts';
import type { CloudStorageOptions } from './cloud-storage-client.ts';

/** What a call would load, loaded before. */
interface Late {
  load(): Promise<void>;
}

export function lateStore(options: CloudStorageOptions): ObjectStore & Late {
  const open = once(async () => (await import('./cloud-storage.ts')).createCloudStorage(options));
  return {
    head: async (...args) => (await open()).head(...args),
    read: async (...args) => (await open()).read(...args),
    writeIfAbsent: async (...args) => (await open()).writeIfAbsent(...args),
    write: async (...args) => (await open()).write(...args),
    copyIfAbsent: async (...args) => (await open()).copyIfAbsent(...args),
    async *list(...args) {
      yield* (await open()).list(...args);
    },
    delete: async (...args) => (await open()).delete(...args),
    load: async () => void (await open()),
  };
}

export function latePublisher(options: PubSubPublisherOptions): PubSubPublisher & Late {
  let opened = false;
  const open = once(async () => {
    opened = true;
    return (await import('./cloud-pubsub.ts')).createPubSubPublisher(options);
  });
  return {
    publish: async (...args) => (await open()).publish(...args),
    async close() {
      if (opened) await (await open()).close();
    },
    load: async () => void (await open()),
  };
}

/** What fails here, a module that is not there, fails for good. */
function once<Result>(open: () => Promise<Result>): () => Promise<Result> {
  let opened: Promise<Result> | undefined;
  return () => (opened ??= open());
}

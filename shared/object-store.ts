// The port to whatever keeps objects: Cloud Storage, or files under .cutline/. Both faces pass one contract test.
import type { ObjectName, ObjectVersion } from './gs-uri.ts';

export interface ObjectInfo extends ObjectVersion {
  readonly bytes: number;
  readonly contentType: string;
  /** Custom metadata, keys in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly info: ObjectInfo;
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface WriteOptions {
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Written {
  /** What is there now: this write, or the one that was first. */
  readonly object: ObjectInfo;
  /** False when the object was there already and nothing was written. */
  readonly created: boolean;
}

/**
 * Every call may throw STORE_UNAVAILABLE (try again later); a missing object or bucket is `undefined` or `false`,
 * never an error. A write is whole or not at all.
 */
export interface ObjectStore {
  /** The live version, or the named one if it still is the live one. */
  head(object: ObjectName | ObjectVersion): Promise<ObjectInfo | undefined>;
  /** @throws FILE_TOO_LARGE before anything is read when there are more bytes than `maxBytes` */
  read(object: ObjectName | ObjectVersion, maxBytes: number): Promise<StoredObject | undefined>;
  /** Creates only: the first write wins. */
  writeIfAbsent(object: ObjectName, data: Uint8Array, options: WriteOptions): Promise<Written>;
  /** Replaces what is there. */
  write(object: ObjectName, data: Uint8Array, options: WriteOptions): Promise<ObjectInfo>;
  /** On the server, with type and metadata; creates only. `undefined` when the source is gone. */
  copyIfAbsent(from: ObjectVersion, to: ObjectName): Promise<Written | undefined>;
  /** All live objects whose name begins with the prefix, in no particular order. */
  list(bucket: string, prefix: string): AsyncIterable<ObjectInfo>;
  /** Without a generation whatever is there. False when there was nothing. */
  delete(object: ObjectName | ObjectVersion): Promise<boolean>;
}

// An object store in memory, true to its port, in which a test can make calls fail and step in between them.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CutlineError } from '../errors.ts';
import type { ObjectName, ObjectVersion } from '../gs-uri.ts';
import { formatUri } from '../gs-uri.ts';
import type { ObjectInfo, ObjectStore, StoredObject, WriteOptions, Written } from '../object-store.ts';
import { checkReadable, checkWritable, isKnown, withLowerCaseKeys } from '../transport/object-rules.ts';

export type StoreMethod = keyof ObjectStore;

export interface StoreCall {
  readonly method: StoreMethod;
  /** What is read or written; of a copy the target, of a list the prefix. */
  readonly bucket: string;
  readonly name: string;
  readonly generation?: string;
}

export type StoreHook = (call: StoreCall) => void | Promise<void>;

export interface FakeStore extends ObjectStore {
  /** The same objects with no faults, no hooks and no record: for a test's own set-up and looking. */
  readonly quiet: ObjectStore;
  /** Every call so far, refused ones included. */
  readonly calls: readonly StoreCall[];
  /**
   * The next call of the method that fits fails: before it does anything, or with `after` once it is done, as when an
   * answer is lost.
   */
  failNext(method: StoreMethod, error?: unknown, options?: FaultOptions): void;
  /** Runs before every call of the method until what it returns is called. It may throw, and may use `quiet`. */
  before(method: StoreMethod, hook: StoreHook): () => void;
  after(method: StoreMethod, hook: StoreHook): () => void;
  /** Set-up: bytes, text or anything else as JSON. */
  put(object: ObjectName, content: unknown, options?: Partial<WriteOptions>): Promise<ObjectInfo>;
  /** What is there as JSON; `undefined` when there is nothing. */
  json(object: ObjectName): Promise<unknown>;
  /** Names in a bucket, sorted. */
  names(bucket: string, prefix?: string): Promise<string[]>;
}

export interface FaultOptions {
  readonly after?: boolean;
  /** Only a call that this fits; a string must be part of the object's name. */
  readonly on?: string | RegExp;
}

interface Fault extends FaultOptions {
  readonly method: StoreMethod;
  readonly error: unknown;
}

export function fakeStore(buckets: readonly string[] = ['uploads', 'results']): FakeStore {
  const quiet = memoryStore(buckets);
  const calls: StoreCall[] = [];
  const faults: Fault[] = [];
  const hooks = { before: new Set<[StoreMethod, StoreHook]>(), after: new Set<[StoreMethod, StoreHook]>() };

  function fail(call: StoreCall, after: boolean): void {
    const index = faults.findIndex(
      (fault) => fault.method === call.method && (fault.after ?? false) === after && fits(fault.on, call),
    );
    if (index >= 0) throw faults.splice(index, 1)[0]!.error;
  }

  async function run(when: 'before' | 'after', call: StoreCall): Promise<void> {
    for (const [method, hook] of [...hooks[when]]) if (method === call.method) await hook(call);
    fail(call, when === 'after');
  }

  async function through<Result>(
    method: StoreMethod,
    object: ObjectName | ObjectVersion,
    act: () => Promise<Result>,
  ): Promise<Result> {
    const { bucket, name } = object;
    const call = {
      method,
      bucket,
      name,
      ...('generation' in object ? { generation: object.generation } : {}),
    };
    calls.push(call);
    // Another turn, as with any real store, so that calls that overlap do mix.
    await nextTurn();
    await run('before', call);
    const result = await act();
    await run('after', call);
    return result;
  }

  const add = (when: 'before' | 'after', method: StoreMethod, hook: StoreHook) => {
    const entry: [StoreMethod, StoreHook] = [method, hook];
    hooks[when].add(entry);
    return () => void hooks[when].delete(entry);
  };

  return {
    quiet,
    calls,
    head: (object) => through('head', object, () => quiet.head(object)),
    read: (object, maxBytes) => through('read', object, () => quiet.read(object, maxBytes)),
    writeIfAbsent: (object, data, options) =>
      through('writeIfAbsent', object, () => quiet.writeIfAbsent(object, data, options)),
    write: (object, data, options) => through('write', object, () => quiet.write(object, data, options)),
    copyIfAbsent: (from, to) => through('copyIfAbsent', to, () => quiet.copyIfAbsent(from, to)),
    async *list(bucket, prefix) {
      const found = await through('list', { bucket, name: prefix }, () =>
        Array.fromAsync(quiet.list(bucket, prefix)),
      );
      yield* found;
    },
    delete: (object) => through('delete', object, () => quiet.delete(object)),
    failNext(method, error = new CutlineError('STORE_UNAVAILABLE'), options = {}) {
      faults.push({ method, error, ...options });
    },
    before: (method, hook) => add('before', method, hook),
    after: (method, hook) => add('after', method, hook),
    put: (object, content, options = {}) => {
      const plain = typeof content === 'string' ? content : JSON.stringify(content);
      const data = content instanceof Uint8Array ? content : new TextEncoder().encode(plain);
      return quiet.write(object, data, { contentType: 'application/json', ...options });
    },
    async json(object) {
      const stored = await quiet.read(object, Infinity);
      return stored && JSON.parse(new TextDecoder().decode(stored.data));
    },
    names: async (bucket, prefix = '') =>
      (await Array.fromAsync(quiet.list(bucket, prefix))).map(({ name }) => name).sort(),
  };
}

function fits(on: string | RegExp | undefined, { name }: StoreCall): boolean {
  if (on === undefined) return true;
  return typeof on === 'string' ? name.includes(on) : on.test(name);
}

function memoryStore(buckets: readonly string[]): ObjectStore {
  const objects = new Map<string, StoredObject>();
  let generation = 1_000_000_000_000_000;

  const find = (object: ObjectName | ObjectVersion): StoredObject | undefined => {
    const found = isKnown(buckets, object) ? objects.get(keyOf(object)) : undefined;
    return 'generation' in object && object.generation !== found?.info.generation ? undefined : found;
  };
  const set = ({ bucket, name }: ObjectName, data: Uint8Array, options: WriteOptions): ObjectInfo => {
    const info: ObjectInfo = {
      bucket,
      name,
      generation: String(++generation),
      bytes: data.byteLength,
      contentType: options.contentType,
      metadata: withLowerCaseKeys(options.metadata ?? {}),
    };
    checkWritable(buckets, info);
    objects.set(keyOf(info), { info, data: Uint8Array.from(data) });
    return info;
  };
  const setIfAbsent = (object: ObjectName, data: Uint8Array, options: WriteOptions): Written => {
    const there = find({ bucket: object.bucket, name: object.name });
    return there
      ? { object: there.info, created: false }
      : { object: set(object, data, options), created: true };
  };

  return {
    head: async (object) => find(object)?.info,
    async read(object, maxBytes) {
      const found = find(object);
      if (found) checkReadable(found.info.bytes, maxBytes);
      return found && { info: found.info, data: Uint8Array.from(found.data) };
    },
    writeIfAbsent: async (object, data, options) => setIfAbsent(object, data, options),
    write: async (object, data, options) => set(object, data, options),
    async copyIfAbsent(from, to) {
      const source = find(from);
      return source && setIfAbsent(to, source.data, source.info);
    },
    async *list(bucket, prefix) {
      for (const { info } of [...objects.values()])
        if (info.bucket === bucket && info.name.startsWith(prefix)) yield info;
    },
    delete: async (object) => find(object) !== undefined && objects.delete(keyOf(object)),
  };
}

const keyOf = ({ bucket, name }: ObjectName): string => formatUri({ bucket, name });

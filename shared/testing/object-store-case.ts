// The shape of one case of the object store's contract, and what the cases share.
import type { ExecutionContext } from 'ava';
import type { ObjectName } from '../gs-uri.ts';
import type { ObjectInfo, ObjectStore } from '../object-store.ts';

/** @param at an object of the first bucket, below a folder of the case's own */
export type Case = (
  t: ExecutionContext,
  store: ObjectStore,
  at: (name: string) => ObjectName,
) => Promise<void>;

/** By title: a sentence. */
export type Cases = Readonly<Record<string, Case>>;

export const MEBI = 1024 * 1024;

/** Nothing but what an object must have. */
export const plain = { contentType: 'application/octet-stream' };

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text));
}

export function filled(value: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(value);
}

export async function all(objects: AsyncIterable<ObjectInfo>): Promise<ObjectInfo[]> {
  return await Array.fromAsync(objects);
}

// Reading objects from a folder in which others write, delete and copy at the same time.
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { CutlineError } from '../errors.ts';
import type { ObjectName, ObjectVersion } from '../gs-uri.ts';
import { formatUri, isObjectName } from '../gs-uri.ts';
import type { ObjectInfo, StoredObject } from '../object-store.ts';
import { ifThere } from './file-store-errors.ts';
import { generationOf, isHidden, isLive, look, objectPath } from './file-store-layout.ts';
import { describeByName, readDescription } from './file-store-metadata.ts';
import { checkReadable } from './object-rules.ts';

/** How often an object may be replaced under one's eyes before that is an error. */
const ATTEMPTS = 5;

export async function infoOf(
  root: string,
  object: ObjectName | ObjectVersion,
): Promise<ObjectInfo | undefined> {
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const stats = await look(root, object);
    if (!stats) return undefined;
    const { bucket, name } = object;
    const version = { bucket, name, generation: generationOf(stats) };
    if ('generation' in object && object.generation !== version.generation) return undefined;
    const written = await readDescription(root, version);
    // Without a description a person put the file there, unless it was deleted just now and its description with it.
    if (written || (await isLive(root, version))) {
      const { contentType, metadata } = written ?? describeByName(name);
      return { ...version, bytes: Number(stats.size), contentType, metadata };
    }
  }
  throw unsettled(object);
}

/** @throws FILE_TOO_LARGE */
export async function readObject(
  root: string,
  object: ObjectName | ObjectVersion,
  maxBytes: number,
): Promise<StoredObject | undefined> {
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const info = await infoOf(root, object);
    if (!info) return undefined;
    checkReadable(info.bytes, maxBytes);
    const data = await ifThere(() => readVersion(root, info));
    if (data) return { info, data };
    if ('generation' in object) return undefined;
  }
  throw unsettled(object);
}

/** @returns `undefined` when the file is another than the info says, or became another while it was read */
async function readVersion(root: string, info: ObjectInfo): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const handle = await open(objectPath(root, info), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const isSame = async (): Promise<boolean> => {
    const stats = await handle.stat({ bigint: true });
    return stats.isFile() && Number(stats.size) === info.bytes && generationOf(stats) === info.generation;
  };
  try {
    if (!(await isSame())) return undefined;
    const data = new Uint8Array(info.bytes);
    for (let at = 0; at < data.length; ) {
      const { bytesRead } = await handle.read(data, at, data.length - at, at);
      if (bytesRead === 0) return undefined;
      at += bytesRead;
    }
    return (await isSame()) ? data : undefined;
  } finally {
    await handle.close();
  }
}

export async function* listObjects(root: string, bucket: string, prefix: string): AsyncIterable<ObjectInfo> {
  const start = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')));
  if (start !== '' && (isHidden(start) || !isObjectName({ bucket, name: start }))) return;
  const path =
    start === '' ? objectPath(root, { bucket, name: '' }) : objectPath(root, { bucket, name: start });
  if ((await ifThere(() => realpath(path))) === path) yield* walk(root, bucket, start, prefix);
}

async function* walk(
  root: string,
  bucket: string,
  folder: string,
  prefix: string,
): AsyncIterable<ObjectInfo> {
  const path = objectPath(root, { bucket, name: folder });
  const entries = (await ifThere(() => readdir(path, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (isHidden(entry.name) || !isObjectName({ bucket, name })) continue;
    if (entry.isDirectory() && (`${name}/`.startsWith(prefix) || prefix.startsWith(`${name}/`))) {
      yield* walk(root, bucket, name, prefix);
    } else if (entry.isFile() && name.startsWith(prefix)) {
      const info = await infoOf(root, { bucket, name });
      if (info) yield info;
    }
  }
}

export function unsettled(object: ObjectName): CutlineError {
  const message = `Expected ${formatUri(object)} to be still for a moment but it changed ${ATTEMPTS} times`;
  return new CutlineError('STORE_UNAVAILABLE', { message });
}

// Where the file store keeps what: <folder>/<bucket>/<name> is an object, also when a person put it there. Beside the
// buckets lie .tmp (what is being written) and .meta (type and metadata of what this program wrote).
import { createHash, randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CutlineError } from '../errors.ts';
import type { ObjectName, ObjectVersion } from '../gs-uri.ts';
import { ifThere, ignoring } from './file-store-errors.ts';

/** No bucket's name can begin with a dot. */
export const temporaryFolder = (root: string): string => join(root, '.tmp');

/** Tells this process from an earlier one that had the same id, as the first process of a container always has. */
const marker = `${process.pid}-${randomUUID()}`;

export const temporaryPath = (root: string): string =>
  join(temporaryFolder(root), `${marker}-${randomUUID()}`);

/** May a temporary file be one that somebody is still writing? */
export function isInUse(name: string): boolean {
  if (name.startsWith(marker)) return true;
  const pid = Number.parseInt(name, 10);
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

export const objectPath = (root: string, { bucket, name }: ObjectName): string =>
  join(root, bucket, ...name.split('/'));

/** By a hash, as a name with some characters more may be too long for a file; in 256 folders, to keep each short. */
export function metadataPlace(
  root: string,
  { bucket, name }: ObjectName,
): { readonly folder: string; readonly prefix: string } {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return { folder: join(root, '.meta', bucket, hash.slice(0, 2)), prefix: `${hash}-` };
}

/** Files that begin with a dot are the system's or an editor's; on Windows a colon leads into another file. */
const hidden = process.platform === 'win32' ? /(^|\/)\.|:/ : /(^|\/)\./;
export const isHidden = (name: string): boolean => hidden.test(name);

/**
 * When it was last changed, in microseconds, and three digits of its size: so a file that a person copied here has a
 * generation too, and another one of the same moment, as from one archive, mostly a different one.
 */
export function generationOf({ mtimeNs, size }: Pick<BigIntStats, 'mtimeNs' | 'size'>): string {
  return BigInt.asUintN(64, mtimeNs - (mtimeNs % 1000n) + (size % 1000n)).toString();
}

/** The object's file; `undefined` when there is none, or when it is a folder, a link, or lies beyond a link. */
export async function look(root: string, object: ObjectName): Promise<BigIntStats | undefined> {
  const path = objectPath(root, object);
  const stats = await ifThere(async () => {
    if ((await realpath(dirname(path))) !== dirname(path)) return undefined;
    return await lstat(path, { bigint: true });
  });
  return stats?.isFile() ? stats : undefined;
}

export async function isLive(root: string, version: ObjectVersion): Promise<boolean> {
  const stats = await look(root, version);
  return stats !== undefined && generationOf(stats) === version.generation;
}

/**
 * Makes the folder and whatever of its parents is missing, safe against a loss of power.
 * @throws INTERNAL when something else than a folder is in the way
 */
export async function makeFolder(root: string, folder: string): Promise<void> {
  const real = await ignoring(['ENOENT'], () => realpath(folder));
  if (real === folder) return;
  if (real !== undefined) {
    throw new CutlineError('INTERNAL', { message: `Expected a folder at ${folder} but received ${real}` });
  }
  if (folder === root) {
    await mkdir(root, { recursive: true });
    return;
  }
  await makeFolder(root, dirname(folder));
  await ignoring(['EEXIST'], () => mkdir(folder));
  await syncFolder(dirname(folder));
}

/** Makes the names in a folder survive a loss of power, where the system can be asked to. */
export async function syncFolder(folder: string): Promise<void> {
  await ignoring(['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'], async () => {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

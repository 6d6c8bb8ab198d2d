// How a file becomes an object: written whole beside the others, made safe, and only then given its name in one step.
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { chmod, copyFile, link, open, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CutlineError } from '../errors.ts';
import type { ObjectName } from '../gs-uri.ts';
import { ifThere, ignoring } from './file-store-errors.ts';
import {
  generationOf,
  makeFolder,
  objectPath,
  syncFolder,
  temporaryFolder,
  temporaryPath,
} from './file-store-layout.ts';

/** A whole file, safe against a loss of power, that is no object yet. */
export interface Draft {
  readonly path: string;
  readonly bytes: number;
  readonly generation: string;
}

/** Makes a draft, has it used, and leaves nothing behind. @param above the generation that the new one follows */
export type WithDraft = <Result>(
  fill: (path: string) => Promise<void>,
  use: (draft: Draft) => Promise<Result>,
  above?: string,
) => Promise<Result>;

/** In nanoseconds. */
const MICROSECOND = 1000n;
const MILLISECOND = 1000n * MICROSECOND;
const SECOND = 1000n * MILLISECOND;
/** File systems keep times in steps of up to two seconds. */
const STEPS = [MILLISECOND, SECOND, 2n * SECOND, 4n * SECOND];

/** How often a folder may be deleted under one's hands before that is an error. */
const ATTEMPTS = 5;

/** @param started no generation is earlier, in nanoseconds */
export function createDrafts(root: string, started: bigint): WithDraft {
  let last = started;
  return async (fill, use, above = '0') => {
    await makeFolder(root, temporaryFolder(root));
    const path = temporaryPath(root);
    try {
      await fill(path);
      return await use(await settle(path, BigInt(above)));
    } finally {
      await rm(path, { force: true });
    }
  };

  async function settle(path: string, above: bigint): Promise<Draft> {
    const handle = await open(path, 'r+');
    try {
      const stats = await advance(handle, above);
      await handle.sync();
      return { path, bytes: Number(stats.size), generation: generationOf(stats) };
    } finally {
      await handle.close();
    }
  }

  /**
   * Sets the time of the last change, later than any before. The system's own ticks in milliseconds; the microseconds
   * are the file's number, so that two processes have two generations even where they would be at one name.
   */
  async function advance(handle: FileHandle, above: bigint): Promise<BigIntStats> {
    const { mtimeNs: now, ino } = await handle.stat({ bigint: true });
    const microseconds = (ino % 1000n) * MICROSECOND;
    for (const step of STEPS) {
      const floor = last > above ? last : above;
      const wanted = now - (now % MILLISECOND) + microseconds;
      // Taken before it is set, so that nobody else sets the same meanwhile.
      last = wanted > floor ? wanted : floor - (floor % MILLISECOND) + step + microseconds;
      // Seconds as a double are exact to a quarter of a microsecond: half of one more keeps it from falling short.
      const seconds = (Number(last / MICROSECOND) + 0.5) / 1e6;
      await handle.utimes(seconds, seconds);
      const stats = await handle.stat({ bigint: true });
      if (BigInt(generationOf(stats)) > floor) return stats;
    }
    throw new CutlineError('STORE_UNAVAILABLE', {
      message: 'Expected a file to take a later time of change',
    });
  }
}

export const filledWith =
  (data: Uint8Array) =>
  (path: string): Promise<void> =>
    writeFile(path, data, { flag: 'wx' });

/** Shares the blocks where the file system can. A source that is gone makes an empty draft: look at it again. */
export const copiedFrom = (source: string) => async (path: string) => {
  const copied = await ifThere(async () => {
    await copyFile(source, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    // The copy of a photo that is write-protected would be so too.
    await chmod(path, 0o644);
    return true;
  });
  if (!copied) await writeFile(path, '');
};

/** Gives a draft the object's name. @returns false when the name is taken */
export type Place = (root: string, object: ObjectName, draft: Draft) => Promise<boolean>;

export const placeIfFree: Place = async (root, object, draft) => {
  const placed = await place(root, object, (path) =>
    ignoring(['EEXIST'], async () => {
      await link(draft.path, path);
      return true;
    }),
  );
  return placed ?? false;
};

/** Whoever had it. */
export const placeOver: Place = async (root, object, draft) => {
  await place(root, object, (path) => rename(draft.path, path));
  return true;
};

async function place<Result>(root: string, object: ObjectName, act: (path: string) => Promise<Result>) {
  const path = objectPath(root, object);
  for (let attempt = 1; ; attempt++) {
    await makeFolder(root, dirname(path));
    try {
      const result = await act(path);
      await syncFolder(dirname(path));
      return result;
    } catch (error) {
      // A deletion nearby may have taken the empty folder away.
      const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!gone || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Takes away the folders that a deletion left empty, up to the bucket, and makes that safe. */
export async function removeEmptyFolders(root: string, object: ObjectName): Promise<void> {
  let folder = dirname(objectPath(root, object));
  while (folder !== join(root, object.bucket)) {
    const removed = await ignoring(['ENOTEMPTY', 'EEXIST', 'ENOENT'], async () => {
      await rmdir(folder);
      return true;
    });
    if (!removed) break;
    folder = dirname(folder);
  }
  await ignoring(['ENOENT'], () => syncFolder(folder));
}

// Small files that are still there after the power failed.
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './file-store-layout.ts';

/** Unfinished files begin with it; what is found at a start can be deleted. */
export const UNFINISHED = '.unfinished-';

const unfinishedPath = (path: string): string => join(dirname(path), UNFINISHED + basename(path));

/**
 * Makes a new file. Seen by a program it is whole or not there; should the power fail before this resolves, it may be
 * cut short.
 */
export async function createDurably(path: string, text: string): Promise<void> {
  const unfinished = unfinishedPath(path);
  const file = await withFolder(path, () => open(unfinished, 'w'));
  let written = unfinished;
  try {
    await file.writeFile(text);
    await rename(unfinished, path);
    written = path;
    // Both at once are one commit of the journal: on ext4 0.6 ms, where one after the other took 3.5 ms.
    await Promise.all([file.sync(), syncFolder(dirname(path))]);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** The old text or the new one, whatever happens. Two writers of one path must not overlap. */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const unfinished = unfinishedPath(path);
  try {
    await withFolder(path, () => writeFile(unfinished, text, { flush: true }));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A person who wants to begin anew may clear the folder away while it is in use. */
async function withFolder<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    return await write();
  }
}

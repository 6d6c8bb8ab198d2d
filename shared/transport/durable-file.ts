// Files that are whole and still there after the power failed.
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Unfinished files begin with it; what is found at a start can be deleted. */
export const UNFINISHED = '.unfinished-';

/** Writes a file whole or not at all. Two writers of one path must not overlap. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const unfinished = join(dirname(path), UNFINISHED + basename(path));
  try {
    await writeFile(unfinished, text, { flush: true });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A new name is safe once its folder is. */
async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and needs none of this.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

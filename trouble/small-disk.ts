// A disk of one's own that can be full at a word: a small file system in memory, where this process may mount one.
import { execFile, spawnSync } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { until } from '../shared/testing/until.ts';

const execute = promisify(execFile);

export interface SmallDisk {
  /** From now on nothing more fits, to the page. */
  fill(): Promise<void>;
  /** There is room again. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

export const noSmallDisk = 'A full disk was not tried: mounting one needs root and Linux.';

/** @param folder that is there and empty @returns `undefined` where nothing can be mounted */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk | undefined> {
  const size = (bytes: number) => `size=${bytes}`;
  const whole = megabytes * 1024 * 1024;
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', size(whole), 'cutline-trouble', folder]);
  } catch {
    return undefined;
  }
  // What still holds a file open there keeps it until it ends; and a process that dies must not leave it behind.
  const unmount = (): void => void spawnSync('umount', ['-l', folder]);
  process.once('exit', unmount);
  const resize = (bytes: number) => execute('mount', ['-o', `remount,${size(bytes)}`, folder]);
  return {
    async fill() {
      // Whoever writes at this moment may have taken more since: then it is tried again.
      await until('a full disk', async () => {
        const { blocks, bfree, bsize } = await statfs(folder);
        return await resize((blocks - bfree) * bsize).then(
          () => true,
          () => false,
        );
      });
    },
    empty: async () => void (await resize(whole)),
    async close() {
      process.off('exit', unmount);
      unmount();
    },
  };
}

// For tests of the file store: a folder for it, and a person who drops files into that.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { ErrorCode } from '../error-catalogue.ts';
import { CutlineError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import { createFileStore } from '../transport/file-store.ts';
import { contractBuckets } from './object-store-contract.ts';

export interface StoreFolder {
  readonly folder: string;
  readonly store: ObjectStore;
  /** Writes below the folder as any program would. @returns the file's path */
  drop(name: string, data: string | Uint8Array): Promise<string>;
}

export async function openStoreFolder(t: ExecutionContext): Promise<StoreFolder> {
  const folder = await temporaryFolder(t);
  return {
    folder,
    store: createFileStore(folder, { buckets: contractBuckets }),
    async drop(name, data) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, data);
      return path;
    },
  };
}

export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-store-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

export async function refused(t: ExecutionContext, act: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await t.throwsAsync(act, { instanceOf: CutlineError });
  t.is(error?.code, code);
}

// What the file store does before anything else: makes its folders, and clears away what a killed process left.
import { linkSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CutlineError } from '../errors.ts';
import { isInUse, temporaryFolder, temporaryPath } from './file-store-layout.ts';

export interface Started {
  /** The folder's real path. */
  readonly root: string;
  /** The file system's own time, in nanoseconds: nothing is written before it. */
  readonly started: bigint;
}

/** @throws CONFIG_INVALID when the folder cannot serve as a store */
export function startStore(folder: string, buckets: readonly string[]): Started {
  try {
    mkdirSync(folder, { recursive: true });
    const root = realpathSync.native(folder);
    for (const bucket of buckets) makeBucket(join(root, bucket));
    mkdirSync(temporaryFolder(root), { recursive: true });
    sweep(root);
    return { root, started: tryLink(root) };
  } catch (error) {
    const received = error instanceof Error ? error.message : String(error);
    const problem = `Expected a folder for objects, with hard links, at ${resolve(folder)} but received ${received}`;
    throw new CutlineError('CONFIG_INVALID', { fields: { problems: [problem] }, cause: error });
  }
}

/** A link could lead to another file system, to which a finished file cannot be moved in one step. */
function makeBucket(path: string): void {
  mkdirSync(path, { recursive: true });
  if (!lstatSync(path).isDirectory()) throw new Error(`a symbolic link at ${path}`);
}

function sweep(root: string): void {
  for (const name of readdirSync(temporaryFolder(root))) {
    if (!isInUse(name)) rmSync(join(temporaryFolder(root), name), { recursive: true, force: true });
  }
}

/** Not every file system knows link(2), on which creating only once rests. */
function tryLink(root: string): bigint {
  const [file, link] = [temporaryPath(root), temporaryPath(root)];
  try {
    writeFileSync(file, '');
    linkSync(file, link);
    return lstatSync(link, { bigint: true }).mtimeNs;
  } finally {
    rmSync(file, { force: true });
    rmSync(link, { force: true });
  }
}

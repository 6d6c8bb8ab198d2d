// What the file system has no room for: an object's type and custom metadata, one small file beside the object's own.
// It is written first, so that it is there the moment the object is; one without its object does no harm.
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { z } from 'zod';
import type { ObjectVersion } from '../gs-uri.ts';
import type { WriteOptions } from '../object-store.ts';
import { ifThere } from './file-store-errors.ts';
import { makeFolder, metadataPlace, syncFolder } from './file-store-layout.ts';
import { withLowerCaseKeys } from './object-rules.ts';

export interface Description {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const descriptionSchema = z.object({
  /** For a person who wonders what the file belongs to. */
  name: z.string(),
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
});

const types: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.heic': 'image/heic',
  '.heif': 'image/heif',
  '.json': 'application/json',
};

/** What a file is that a person put there, by its extension. */
export const describeByName = (name: string): Description => ({
  contentType: types[extname(name).toLowerCase()] ?? 'application/octet-stream',
  metadata: {},
});

/** `undefined` when nothing was written, or it is deleted already. */
export async function readDescription(
  root: string,
  version: ObjectVersion,
): Promise<Description | undefined> {
  const text = await ifThere(() => readFile(descriptionPath(root, version), 'utf8'));
  return text === undefined ? undefined : descriptionSchema.parse(JSON.parse(text));
}

/** Nothing is written where the name says it all, which spares most objects the file. */
export async function writeDescription(
  root: string,
  version: ObjectVersion,
  options: WriteOptions,
): Promise<Description> {
  const { contentType } = options;
  const description = { contentType, metadata: withLowerCaseKeys(options.metadata ?? {}) };
  const isPlain = Object.keys(description.metadata).length === 0;
  if (isPlain && contentType === describeByName(version.name).contentType) return description;
  const { folder } = metadataPlace(root, version);
  await makeFolder(root, folder);
  await createFile(descriptionPath(root, version), JSON.stringify({ name: version.name, ...description }));
  await syncFolder(folder);
  return description;
}

/** Never what is another process's. */
async function createFile(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** Of a version that did not become the object. */
export async function deleteDescription(root: string, version: ObjectVersion): Promise<void> {
  await rm(descriptionPath(root, version), { force: true });
}

/** Of this version and all before it; what another process is about to write is later. */
export async function deleteDescriptions(root: string, version: ObjectVersion): Promise<void> {
  const { folder, prefix } = metadataPlace(root, version);
  const names = (await ifThere(() => readdir(folder))) ?? [];
  for (const name of names.filter((name) => name.startsWith(prefix))) {
    const generation = /^\d+(?=\.json$)/.exec(name.slice(prefix.length))?.[0] ?? '0';
    if (BigInt(generation) <= BigInt(version.generation)) await rm(join(folder, name), { force: true });
  }
}

function descriptionPath(root: string, version: ObjectVersion): string {
  const { folder, prefix } = metadataPlace(root, version);
  return join(folder, `${prefix}${version.generation}.json`);
}

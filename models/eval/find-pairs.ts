// Photos, and the references that lie beside them.
import { stat } from 'node:fs/promises';
import { extname, relative, sep } from 'node:path';
import { UsageError } from '../../functions/local/arguments.ts';
import { findPhotos } from '../../functions/local/find-photos.ts';

export interface ReferenceFile {
  readonly path: string;
  readonly bytes: number;
  /** Labels, in which 128 means unknown; else a matte, in which it means half transparent. */
  readonly labelled: boolean;
}

export interface Pair {
  readonly path: string;
  /** Under the folder that was searched, with slashes. */
  readonly name: string;
  readonly bytes: number;
  readonly reference: ReferenceFile | undefined;
}

export interface PairSelection {
  readonly list: readonly string[] | undefined;
  /** Taken evenly from all, so that a folder of folders is represented by more than its first. */
  readonly limit: number;
}

/** X.alpha.png is the matte of X, X.png the labels of an X that is no PNG. @throws UsageError */
export async function findPairs(folder: string, out: string, selection: PairSelection): Promise<Pair[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageError(`Expected a folder for --photos but received '${folder}'.`);
  const found = (await findPhotos([folder], out)).map(({ path }) => path);
  const files = new Set(found);
  const stems = new Set(found.filter((path) => !isPng(path)).map(stemOf));
  const photos = found.filter((path) => !isPng(path) || !stems.has(stemOf(path)));
  const named = photos.map((path) => ({ path, name: relative(folder, path).split(sep).join('/') }));
  const pairs: Pair[] = [];
  for (const { path, name } of spread(choose(named, selection.list), selection.limit))
    pairs.push({ path, name, bytes: (await stat(path)).size, reference: await findReference(path, files) });
  return pairs;
}

const isPng = (path: string): boolean => extname(path).toLowerCase() === '.png';
const stemOf = (path: string): string => path.slice(0, path.length - extname(path).length);

/** @param files what a search for pictures finds: labels, but no `X.alpha.png` beside X */
async function findReference(photo: string, files: ReadonlySet<string>): Promise<ReferenceFile | undefined> {
  const matte = `${stemOf(photo)}.alpha.png`;
  const found = await stat(matte).catch(() => undefined);
  if (found?.isFile()) return { path: matte, bytes: found.size, labelled: false };
  const labels = `${stemOf(photo)}.png`;
  if (isPng(photo) || !files.has(labels)) return undefined;
  return { path: labels, bytes: (await stat(labels)).size, labelled: true };
}

/** @throws UsageError naming the first that is not there */
function choose<Named extends { readonly name: string }>(
  photos: readonly Named[],
  list: readonly string[] | undefined,
): readonly Named[] {
  if (!list) return photos;
  const known = new Map(photos.map((photo) => [photo.name, photo]));
  return list.map((name) => {
    const photo = known.get(name);
    if (!photo) throw new UsageError(`Expected photos of the folder in --list but received '${name}'.`);
    return photo;
  });
}

function spread<Item>(items: readonly Item[], limit: number): readonly Item[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, k) => items[Math.floor((k * items.length) / limit)]!);
}

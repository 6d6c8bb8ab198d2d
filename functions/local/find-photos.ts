// From what was named on the command line to a list of photos, each with a folder of its own for its results.
import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { SNIFF_BYTES, sniff } from '../../shared/image/sniff.ts';

export interface Photo {
  readonly path: string;
  /** Folder under the output folder; no two photos share one. */
  readonly name: string;
}

const photoExtension = /\.(jpe?g|jfif|png|webp|avif|gif|bmp|dib|hei[cf]|tiff?)$/i;
const referenceMatte = /^(?<stem>.+)\.alpha\.png$/i;

/**
 * Files as they are named; of folders, with their subfolders, what has a photo's name or content, sorted.
 * Left out are hidden files, node_modules, the output folder, and X.alpha.png beside a photo X.
 */
export async function findPhotos(inputs: readonly string[], out: string): Promise<Photo[]> {
  const paths: string[] = [];
  for (const input of inputs) {
    const isFolder = await stat(input).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) paths.push(...(await searchFolder(input, resolve(out))));
    else paths.push(input);
  }
  return nameThem([...new Map(paths.map((path) => [resolve(path), path])).values()]);
}

async function searchFolder(folder: string, out: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(
    ({ name }) => !name.startsWith('.'),
  );
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = new Set(entries.map(({ name }) => name));
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (
      target?.isDirectory() &&
      !entry.isSymbolicLink() &&
      entry.name !== 'node_modules' &&
      resolve(path) !== out
    ) {
      found.push(...(await searchFolder(path, out)));
    } else if (target?.isFile() && !isReferenceMatte(entry.name, names) && (await isPhoto(path))) {
      found.push(path);
    }
  }
  return found;
}

function isReferenceMatte(name: string, names: ReadonlySet<string>): boolean {
  const stem = referenceMatte.exec(name)?.groups?.stem;
  return (
    stem !== undefined &&
    [...names].some((other) => other !== name && photoExtension.test(other) && stemOf(other) === stem)
  );
}

async function isPhoto(path: string): Promise<boolean> {
  if (photoExtension.test(path)) return true;
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return sniff(buffer.subarray(0, bytesRead)) !== undefined;
  } finally {
    await file.close();
  }
}

/** Photos with one stem get -2, -3 …; case and the way an accent is written do not tell folders apart everywhere. */
function nameThem(paths: readonly string[]): Photo[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const stem = stemOf(basename(path));
    // '...jpg' has the stem '..', which as a folder lies outside.
    const first = /^\.*$/.test(stem) ? 'photo' : stem;
    let name = first;
    for (let count = 2; taken.has(folded(name)); count++) name = `${first}-${count}`;
    taken.add(folded(name));
    return { path, name };
  });
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function stemOf(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

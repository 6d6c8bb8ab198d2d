// The secret of a laptop's own storefront: made once, kept beside the buckets, readable by its owner alone. With another
// one every token given out so far would be void.
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CutlineError } from '../../shared/errors.ts';

const NAME = 'token-secret';
const OWNER_ALONE = 0o600;
const SHORTEST = 32;

/**
 * @param folder such as `.cutline`; made where it is missing
 * @throws CONFIG_INVALID when what lies there is too short to be a secret
 */
export async function localSecret(folder: string): Promise<string> {
  const path = join(folder, NAME);
  const there = await read(path);
  if (there !== undefined) return there;
  await mkdir(folder, { recursive: true });
  const unfinished = `${path}.${randomBytes(8).toString('hex')}`;
  const file = await open(unfinished, 'wx', OWNER_ALONE);
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
    // The first of two processes wins, and both use its secret.
    await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await file.close();
    await rm(unfinished, { force: true });
  }
  return (await read(path))!;
}

async function read(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (text.length < SHORTEST) {
    const problems = [`${path}: expected ${SHORTEST} characters or more but received ${text.length}`];
    throw new CutlineError('CONFIG_INVALID', { fields: { problems } });
  }
  // A copy of the folder, or a backup, may have opened it to others.
  await chmod(path, OWNER_ALONE);
  return text;
}

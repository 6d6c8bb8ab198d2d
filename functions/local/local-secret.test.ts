import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { CutlineError } from '../../shared/errors.ts';
import { localSecret } from './local-secret.ts';

async function freshFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-secret-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return join(folder, 'deep', '.cutline');
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('A secret is made once and is the owner’s alone', async (t) => {
  const folder = await freshFolder(t);
  const secret = await localSecret(folder);
  t.regex(secret, /^[A-Za-z0-9_-]{43}$/);
  t.is(await localSecret(folder), secret);
  t.is(await modeOf(join(folder, 'token-secret')), 0o600);
  t.not(await localSecret(`${folder}-2`), secret);
});

test('Who starts at the same time has the same secret, and nothing else is left', async (t) => {
  const folder = await freshFolder(t);
  const secrets = await Promise.all(Array.from({ length: 8 }, () => localSecret(folder)));
  t.is(new Set(secrets).size, 1);
  t.deepEqual(await readdir(folder), ['token-secret']);
});

test('A secret that was opened to others is closed again', async (t) => {
  const folder = await freshFolder(t);
  await localSecret(folder);
  await chmod(join(folder, 'token-secret'), 0o644);
  await localSecret(folder);
  t.is(await modeOf(join(folder, 'token-secret')), 0o600);
});

test('What is too short to be a secret is CONFIG_INVALID, and stays', async (t) => {
  const folder = await freshFolder(t);
  await localSecret(folder);
  await writeFile(join(folder, 'token-secret'), 'hush');
  const error = await t.throwsAsync<CutlineError>(localSecret(folder));
  t.is(error.code, 'CONFIG_INVALID');
  t.regex(error.message, /token-secret: expected 32 characters or more but received 4$/);
});

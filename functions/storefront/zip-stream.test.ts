import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { unzipSync } from 'fflate';
import { commandLimit } from '../../shared/testing/until.ts';
import type { ZipEntry } from './zip-stream.ts';
import { streamZip, zipDirectory, zipWhole } from './zip-stream.ts';

const run = promisify(execFile);
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const files: readonly ZipEntry[] = [
  { name: 'dog/cutout.png', data: text('pixels') },
  { name: 'Söhne/🐶.png', data: new Uint8Array(600_000).map((_, index) => index * 7) },
  { name: 'empty', data: new Uint8Array() },
];
const written = new Date('2026-11-21T13:14:15Z');

test('What was put in comes out, by another library', async (t) => {
  t.deepEqual(
    unzipSync(await zipWhole(files)),
    Object.fromEntries(files.map(({ name, data }) => [name, data])),
  );
});

test('The same files make the same bytes', async (t) => {
  t.deepEqual(await zipWhole(files), await zipWhole(files));
});

test('With no file in it it is a ZIP all the same', async (t) => {
  t.deepEqual(unzipSync(await zipWhole([])), {});
});

test('unzip finds nothing wrong with names, sums and times', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'zip-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'a.zip');
  await writeFile(path, Buffer.concat(await Array.fromAsync(streamZip(files, written))));
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const said = await run('unzip', ['-t', path], { env, ...commandLimit }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      t.log('no unzip here: what it would say was not looked at');
      return undefined;
    },
  );
  t.regex(
    said?.stdout ?? 'Söhne/🐶.png OK, No errors detected',
    /Söhne\/🐶\.png +OK[\s\S]*No errors detected/,
  );
  const bytes = Buffer.concat(await Array.fromAsync(streamZip(files, written)));
  t.is(bytes.readUInt16LE(10), (13 << 11) | (14 << 5) | 7);
  t.is(bytes.readUInt16LE(12), ((2026 - 1980) << 9) | (11 << 5) | 21);
});

test('A file is asked for when the one before has been taken, and no sooner', async (t) => {
  const asked: string[] = [];
  async function* lazily() {
    for (const file of files) {
      asked.push(file.name);
      yield file;
    }
  }
  const zip = streamZip(lazily(), written);
  await zip.next();
  t.deepEqual(asked, ['dog/cutout.png']);
  const taken: number[] = [];
  // Its content, the next header, and its three pieces of at most 256 KiB.
  for (let count = 0; count < 5; count++) taken.push(((await zip.next()).value as Uint8Array).byteLength);
  t.deepEqual(taken, [6, 30 + 'Söhne/🐶.png'.length + 3, 262_144, 262_144, 75_712]);
  t.deepEqual(asked, ['dog/cutout.png', 'Söhne/🐶.png']);
  await zip.return();
  t.deepEqual(asked, ['dog/cutout.png', 'Söhne/🐶.png']);
});

test('Beyond 4 GB places are written with 64 bits', (t) => {
  const FAR = 5 * 2 ** 30;
  const entry = { name: text('far.png'), crc: 1, bytes: 2, at: FAR };
  const near = { name: text('near.png'), crc: 1, bytes: 2, at: 0 };
  const [first, second, large, end] = [...zipDirectory([near, entry], FAR + 39, written)].map((part) =>
    Buffer.from(part),
  );
  t.is(first!.byteLength, 46 + 8);
  t.is(second!.readUInt32LE(42), 0xffff_ffff);
  t.deepEqual([...second!.subarray(53, 57)], [1, 0, 8, 0]);
  t.is(second!.readBigUInt64LE(57), BigInt(FAR));
  t.is(large!.readUInt32LE(0), 0x06064b50);
  t.is(large!.readBigUInt64LE(32), 2n);
  t.is(large!.readBigUInt64LE(40), BigInt(first!.byteLength + second!.byteLength));
  t.is(large!.readBigUInt64LE(48), BigInt(FAR + 39));
  t.is(large!.readUInt32LE(56), 0x07064b50);
  t.is(large!.readBigUInt64LE(64), BigInt(FAR + 39 + first!.byteLength + second!.byteLength));
  t.is(end!.readUInt32LE(16), 0xffff_ffff);
  t.is(end!.byteLength, 22);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { temporaryFolder } from '../testing/store-folder.ts';
import { commandLimit } from '../testing/until.ts';
import { createFileStore } from './file-store.ts';

const writer = fileURLToPath(new URL('./testdata/store-writer.ts', import.meta.url));
const photo = { bucket: 'uploads', name: 'new/folder/photo.jpg' };
const MOST_SYNCS = 20;

for (const how of ['create', 'replace']) {
  test(`Killed anywhere while it is to ${how}, a process leaves the old object or the new, never a part`, async (t) => {
    const seen: string[] = [];
    for (let n = 1; n <= MOST_SYNCS; n++) {
      const folder = await temporaryFolder(t);
      const old = how === 'replace' ? await writeOld(folder) : undefined;
      const { signal } = await run([folder, 'die', `${how} ${n}`]);
      const store = createFileStore(folder);
      t.deepEqual(await readdir(join(folder, '.tmp')), [], 'what was half written is cleared away');
      const stored = await store.read(photo, 1e6);
      if (stored && stored.info.generation !== old?.generation) {
        const { bytes, contentType, metadata } = stored.info;
        t.deepEqual(
          { bytes, contentType, metadata },
          { bytes: 100_000, contentType: 'image/x-two', metadata: { version: '2' } },
        );
        t.true(stored.data.every((byte) => byte === 2));
        seen.push('new');
      } else {
        t.deepEqual(stored?.info, old);
        t.true(stored === undefined || stored.data.every((byte) => byte === 1));
        seen.push('old');
      }
      await store.write(photo, new Uint8Array(3), { contentType: 'a/b' });
      t.is((await store.head(photo))?.bytes, 3);
      if (signal === null) break;
    }
    // It must have been killed on both sides of the moment, and have lived at last.
    t.regex(seen.join(' '), /^old (old )+(new )*new$/);
    t.true(seen.length < MOST_SYNCS);
  });
}

test('Killed at any moment of hard work, a process leaves nothing but whole objects', async (t) => {
  const folder = await temporaryFolder(t);
  for (const dots of [1, 3, 8]) {
    const child = spawn(process.execPath, [writer, folder, 'toil'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...commandLimit,
    });
    const closed = once(child, 'close');
    let seen = 0;
    for await (const chunk of child.stdout) {
      seen += chunk.length;
      if (seen >= dots) child.kill('SIGKILL');
    }
    await closed;
    const store = createFileStore(folder);
    let count = 0;
    for await (const info of store.list('uploads', '')) {
      const { data } = (await store.read(info, 2e6))!;
      t.is(info.contentType, 'image/x-toil');
      t.is(data.length, Number(info.metadata.length));
      t.true(
        data.every((byte) => byte === Number(info.metadata.fill)),
        info.name,
      );
      count++;
    }
    t.true(count >= dots);
    t.deepEqual(await readdir(join(folder, '.tmp')), []);
  }
});

test('Of two processes that create the same objects each object has one winner, that both learn', async (t) => {
  const folder = await temporaryFolder(t);
  const racers = ['left', 'right'].map((name) =>
    spawn(process.execPath, [writer, folder, 'race', name], {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...commandLimit,
    }),
  );
  await Promise.all(racers.map(({ stdout }) => once(stdout, 'readable')));
  const lines = racers.map(async ({ stdin, stdout }) => {
    stdin.write('go');
    return (await text(stdout)).trim().split('\n').slice(1);
  });
  const [left = [], right = []] = await Promise.all(lines);
  t.is(left.length, 100);
  const store = createFileStore(folder);
  for (const [i, line] of left.entries()) {
    const [, leftCreated, leftGeneration, leftWinner] = line.split(' ');
    const [, rightCreated, rightGeneration, rightWinner] = right[i]!.split(' ');
    t.not(leftCreated, rightCreated);
    t.is(leftGeneration, rightGeneration);
    t.is(leftWinner, rightWinner);
    t.is(leftWinner, leftCreated === 'true' ? 'left' : 'right');
    const { info, data } = (await store.read({ bucket: 'uploads', name: `race/${i}` }, 100))!;
    t.is(info.generation, leftGeneration!);
    t.is(info.metadata.racer, leftWinner!);
    t.is(leftWinner, new TextDecoder().decode(data));
  }
});

const onPosix = process.platform === 'win32' ? test.skip : test;
onPosix(
  'Where the disk takes no more the store is unavailable, and nothing is left of the attempt',
  async (t) => {
    const folder = await temporaryFolder(t);
    // Blocks of 512 or 1024 bytes: either way less than what is to be written.
    const shell = `ulimit -f 100 && exec "$0" "$@"`;
    const child = spawn('sh', ['-c', shell, process.execPath, writer, folder, 'fill'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...commandLimit,
    });
    t.is(await text(child.stdout), 'STORE_UNAVAILABLE\nSTORE_UNAVAILABLE\n');
    t.deepEqual(await readdir(join(folder, '.tmp')), []);
    t.is(await createFileStore(folder).head({ bucket: 'uploads', name: 'big.bin' }), undefined);
  },
);

async function writeOld(folder: string) {
  const options = { contentType: 'image/x-one', metadata: { version: '1' } };
  return await createFileStore(folder).write(photo, new Uint8Array(50_000).fill(1), options);
}

async function run(args: readonly string[]): Promise<{ signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [writer, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ...commandLimit,
  });
  const [, signal] = await once(child, 'close');
  return { signal };
}

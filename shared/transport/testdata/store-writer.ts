// A process that works on a file store, for tests that kill it or set two against each other.
import { open } from 'node:fs/promises';
import type { ObjectName } from '../../gs-uri.ts';
import { createFileStore } from '../file-store.ts';

const [folder = '', task = '', parameter = ''] = process.argv.slice(2);

const tasks: Readonly<Record<string, () => Promise<void>>> = {
  /** Dies before the nth time that it makes something safe: `create` or `replace`. */
  die: async () => {
    const [how = '', n = ''] = parameter.split(' ');
    const store = createFileStore(folder);
    await dieBeforeSync(Number(n));
    const data = new Uint8Array(100_000).fill(2);
    const options = { contentType: 'image/x-two', metadata: { version: '2' } };
    const object = { bucket: 'uploads', name: 'new/folder/photo.jpg' };
    await (how === 'create'
      ? store.writeIfAbsent(object, data, options)
      : store.write(object, data, options));
  },
  /** Goes on until it is killed, with a dot for each object that is there. */
  toil: async () => {
    const store = createFileStore(folder);
    for (let i = 0; ; i++) {
      const length = 1_000_000 + (i % 1000);
      const options = {
        contentType: 'image/x-toil',
        metadata: { fill: String(i % 256), length: String(length) },
      };
      const data = new Uint8Array(length).fill(i % 256);
      const { object } = await store.writeIfAbsent(at(`created/${i}`), data, options);
      await store.write(at('replaced/same'), data, options);
      await store.copyIfAbsent(object, at(`copied/deep/${i}`));
      if (i % 2 === 0) await store.delete(object);
      process.stdout.write('.');
    }
  },
  /** Creates what others create at the same time, and says which it got. */
  race: async () => {
    const store = createFileStore(folder);
    process.stdout.write('ready\n');
    await new Promise((go) => process.stdin.once('data', go));
    const data = new TextEncoder().encode(parameter);
    for (let i = 0; i < 100; i++) {
      const options = { contentType: 'text/x-racer', metadata: { racer: parameter } };
      const { created, object } = await store.writeIfAbsent(at(`race/${i}`), data, options);
      process.stdout.write(`${i} ${created} ${object.generation} ${object.metadata.racer}\n`);
    }
    process.exit();
  },
  /** Writes more than its limit on files allows, and says what it is told. */
  fill: async () => {
    const store = createFileStore(folder);
    const big = new Uint8Array(200_000);
    for (const write of [store.writeIfAbsent, store.write]) {
      const error = await write(at('big.bin'), big, { contentType: 'a/b' }).catch((error: unknown) => error);
      process.stdout.write(`${error instanceof Error && 'code' in error ? error.code : error}\n`);
    }
  },
};

await tasks[task]!();

function at(name: string): ObjectName {
  return { bucket: 'uploads', name };
}

async function dieBeforeSync(n: number): Promise<void> {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const { sync } = prototype;
  let count = 0;
  prototype.sync = async function (this: unknown): Promise<void> {
    count++;
    if (count === n) process.kill(process.pid, 'SIGKILL');
    await sync.call(this);
  };
}

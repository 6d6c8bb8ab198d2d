// The object store's contract: what is read, and what is not.
import { randomBytes } from 'node:crypto';
import { CutlineError } from '../errors.ts';
import type { ObjectInfo } from '../object-store.ts';
import type { Cases } from './object-store-case.ts';
import { all, bytes, filled, MEBI, plain } from './object-store-case.ts';

export const readingCases: Cases = {
  'What was written is read again, with type and metadata': async (t, store, at) => {
    const metadata = { 'cutline-scale': '2', 'Cutline-Effects': 'color, enhanced bw' };
    const written = await store.writeIfAbsent(at('a.png'), bytes('pixels'), {
      contentType: 'image/x-odd; charset=none',
      metadata,
    });
    t.true(written.created);
    t.regex(written.object.generation, /^\d{1,20}$/);
    const info: ObjectInfo = {
      ...at('a.png'),
      generation: written.object.generation,
      bytes: 6,
      contentType: 'image/x-odd; charset=none',
      metadata: { 'cutline-scale': '2', 'cutline-effects': 'color, enhanced bw' },
    };
    t.deepEqual(written.object, info);
    t.deepEqual(await store.head(at('a.png')), info);
    t.deepEqual(await store.read(at('a.png'), 6), { info, data: bytes('pixels') });
    t.deepEqual(await store.read(info, 6), { info, data: bytes('pixels') });
  },
  'Data has a buffer of its own, that can be handed to a thread': async (t, store, at) => {
    await store.writeIfAbsent(at('a'), bytes('abc'), plain);
    const { data } = (await store.read(at('a'), 100))!;
    t.is(data.buffer.byteLength, 3);
    t.deepEqual(structuredClone(data, { transfer: [data.buffer] }), bytes('abc'));
  },
  'Nothing is read of what is larger than wanted': async (t, store, at) => {
    const { object } = await store.writeIfAbsent(at('a'), filled(1, 2 * MEBI + 1), plain);
    for (const wanted of [at('a'), object]) {
      const error = await t.throwsAsync(store.read(wanted, 2 * MEBI), { instanceOf: CutlineError });
      t.is(error?.code, 'FILE_TOO_LARGE');
      t.deepEqual(error?.fields, { file_size_mb: 2, max_size_mb: 2 });
    }
    t.is((await store.read(at('a'), 2 * MEBI + 1))!.data.length, 2 * MEBI + 1);
  },
  'An empty object is an object': async (t, store, at) => {
    const { object } = await store.writeIfAbsent(at('empty'), new Uint8Array(), plain);
    t.is(object.bytes, 0);
    t.deepEqual(await store.read(object, 0), { info: object, data: new Uint8Array() });
    t.false((await store.writeIfAbsent(at('empty'), bytes('full'), plain)).created);
    const copied = await store.copyIfAbsent(object, at('copy'));
    t.is(copied?.object.bytes, 0);
  },
  'Eight megabytes are the same afterwards': async (t, store, at) => {
    const data = new Uint8Array(randomBytes(8 * MEBI));
    const { object } = await store.writeIfAbsent(at('a.bin'), data, plain);
    t.is(object.bytes, 8 * MEBI);
    t.is(Buffer.compare((await store.read(object, 8 * MEBI))!.data, data), 0);
    const { object: copy } = (await store.copyIfAbsent(object, at('copy.bin')))!;
    t.is(Buffer.compare((await store.read(copy, 8 * MEBI))!.data, data), 0);
  },
  'A view of a larger buffer is written, no more': async (t, store, at) => {
    await store.writeIfAbsent(at('a'), bytes('abcdef').subarray(2, 4), plain);
    t.deepEqual((await store.read(at('a'), 100))!.data, bytes('cd'));
  },
  'Who reads while others replace gets one version, whole': async (t, store, at) => {
    const write = (i: number): Promise<ObjectInfo> =>
      store.write(at('a'), filled(i, 20_000 + i), { ...plain, metadata: { version: String(i) } });
    const read = async (): Promise<void> => {
      const { info, data } = (await store.read(at('a'), MEBI))!;
      const version = Number(info.metadata.version);
      t.is(info.bytes, 20_000 + version);
      t.deepEqual(data, filled(version, 20_000 + version));
    };
    await write(0);
    for (let i = 1; i <= 30; i++) {
      let written = false;
      const writing = write(i).finally(() => {
        written = true;
      });
      const looking = async (): Promise<void> => {
        while (!written) {
          const info = (await store.head(at('a')))!;
          t.is(info.bytes, 20_000 + Number(info.metadata.version));
        }
      };
      await Promise.all([read(), writing, read(), looking()]);
    }
  },
  'A generation that never was is absent, however it is written': async (t, store, at) => {
    const { object } = await store.writeIfAbsent(at('a'), bytes('a'), plain);
    const others = ['0', '1', `0${object.generation}`, `${BigInt(object.generation) + 1n}`, '9'.repeat(20)];
    for (const generation of others) {
      const version = { ...at('a'), generation };
      t.is(await store.head(version), undefined, generation);
      t.is(await store.read(version, 100), undefined, generation);
      t.is(await store.copyIfAbsent(version, at('copy')), undefined, generation);
      t.false(await store.delete(version), generation);
    }
    t.deepEqual(await store.head(object), object);
  },
  'A bucket or a name that cannot be is absent': async (t, store, at) => {
    const { object } = await store.writeIfAbsent(at('a'), bytes('a'), plain);
    const impossible = [
      { bucket: 'elsewhere', name: 'a' },
      { bucket: '..', name: 'uploads/contract' },
      { bucket: '.tmp', name: 'a' },
      { bucket: 'uploads/contract', name: 'a' },
      ...['', '/', '../results/a', 'a/../b', './a', '/a', 'a//b', 'a/', 'a\\b', 'a\0b', 'a\nb'].map(
        (name) => ({ bucket: 'uploads', name }),
      ),
      { bucket: 'uploads', name: 'x'.repeat(1025) },
      { bucket: 'uploads', name: '\ud800' },
    ];
    for (const name of impossible) {
      const version = { ...name, generation: object.generation };
      t.is(await store.head(name), undefined);
      t.is(await store.head(version), undefined);
      t.is(await store.read(name, 100), undefined);
      t.is(await store.copyIfAbsent(version, at('copy')), undefined);
      t.false(await store.delete(name));
      for (const write of [
        () => store.writeIfAbsent(name, bytes('x'), plain),
        () => store.write(name, bytes('x'), plain),
        () => store.copyIfAbsent(object, name),
      ]) {
        const error = await t.throwsAsync(write, { instanceOf: CutlineError });
        t.is(error?.code, 'INTERNAL');
      }
    }
    t.deepEqual(await all(store.list('elsewhere', '')), []);
    t.deepEqual(await all(store.list('uploads', '../')), []);
  },
};

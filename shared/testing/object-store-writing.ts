import type { ObjectInfo } from '../object-store.ts';
import type { Cases } from './object-store-case.ts';
import { bytes, filled, MEBI, plain } from './object-store-case.ts';

export const writingCases: Cases = {
  'Of twenty who create at once one wins, and all learn the same object': async (t, store, at) => {
    const writers = Array.from({ length: 20 }, (_, i) =>
      store.writeIfAbsent(at('race'), bytes(`writer ${i}`), { ...plain, metadata: { writer: String(i) } }),
    );
    const written = await Promise.all(writers);
    t.is(written.filter(({ created }) => created).length, 1);
    const winner = written.findIndex(({ created }) => created);
    for (const { object } of written) t.deepEqual(object, written[winner]!.object);
    const { info, data } = (await store.read(at('race'), 100))!;
    t.deepEqual(data, bytes(`writer ${winner}`));
    t.deepEqual(info, written[winner]!.object);
    t.deepEqual(info.metadata, { writer: String(winner) });
  },
  'What is there already is kept': async (t, store, at) => {
    const first = await store.writeIfAbsent(at('a'), bytes('first'), plain);
    const second = await store.writeIfAbsent(at('a'), bytes('second'), { ...plain, metadata: { k: 'v' } });
    t.deepEqual(second, { object: first.object, created: false });
    t.deepEqual((await store.read(at('a'), 100))!.data, bytes('first'));
    const stale = { ...at('a'), generation: '1' };
    t.deepEqual(await store.writeIfAbsent(stale, bytes('third'), plain), second, 'the name alone counts');
    const { object: other } = await store.writeIfAbsent(at('other'), bytes('other'), plain);
    t.deepEqual(await store.copyIfAbsent(other, stale), second);
    t.is((await store.write(stale, bytes('last'), plain)).bytes, 4);
  },
  'Another write is another generation, and the one before is gone': async (t, store, at) => {
    const one = await store.write(at('a'), bytes('one'), { ...plain, metadata: { number: 'one' } });
    const two = await store.write(at('a'), bytes('two!'), { contentType: 'text/plain' });
    t.true(BigInt(two.generation) > BigInt(one.generation));
    t.deepEqual(two, {
      ...at('a'),
      generation: two.generation,
      bytes: 4,
      contentType: 'text/plain',
      metadata: {},
    });
    t.is(await store.head(one), undefined);
    t.is(await store.read(one, 100), undefined);
    t.is(await store.copyIfAbsent(one, at('copy')), undefined);
    t.is(await store.head(at('copy')), undefined);
    t.deepEqual(await store.read(at('a'), 100), { info: two, data: bytes('two!') });
    t.deepEqual((await store.read(two, 100))!.data, bytes('two!'));
  },
  'Of twenty who replace at once the last wins whole': async (t, store, at) => {
    const write = (i: number): Promise<ObjectInfo> =>
      store.write(at('a'), filled(i, 1000 + i), { ...plain, metadata: { writer: String(i) } });
    const written = await Promise.all(Array.from({ length: 20 }, (_, i) => write(i)));
    t.is(new Set(written.map(({ generation }) => generation)).size, 20);
    const { info, data } = (await store.read(at('a'), MEBI))!;
    const writer = written.findIndex(({ generation }) => generation === info.generation);
    t.deepEqual(info, written[writer]!);
    t.deepEqual(data, filled(writer, 1000 + writer));
  },
  'A copy has the data, the type and the metadata, and does not replace': async (t, store, at) => {
    const options = { contentType: 'image/x-odd', metadata: { k: 'v' } };
    const { object: source } = await store.writeIfAbsent(at('source.png'), bytes('source'), options);
    const to = { bucket: 'results', name: at('deep/down/copy.jpg').name };
    const copied = (await store.copyIfAbsent(source, to))!;
    t.true(copied.created);
    const { generation } = copied.object;
    t.deepEqual(copied.object, { ...to, ...options, generation, bytes: 6 });
    t.deepEqual(await store.read(to, 100), { info: copied.object, data: bytes('source') });
    const { object: other } = await store.writeIfAbsent(at('other'), bytes('other'), plain);
    t.deepEqual(await store.copyIfAbsent(other, to), { object: copied.object, created: false });
    t.deepEqual((await store.read(to, 100))!.data, bytes('source'));
    t.deepEqual(await store.head(source), source);
  },
  'What is gone cannot be copied, be the place taken or free': async (t, store, at) => {
    const { object: source } = await store.writeIfAbsent(at('source'), bytes('source'), plain);
    await store.writeIfAbsent(at('taken'), bytes('taken'), plain);
    await store.delete(source);
    t.is(await store.copyIfAbsent(source, at('free')), undefined);
    t.is(await store.copyIfAbsent(source, at('taken')), undefined);
    t.is(await store.head(at('free')), undefined);
  },
  'A deleted object is gone; a new one of its name is another': async (t, store, at) => {
    const { object: old } = await store.writeIfAbsent(at('d/a'), bytes('old'), {
      ...plain,
      metadata: { k: 'v' },
    });
    t.true(await store.delete(at('d/a')));
    t.false(await store.delete(at('d/a')));
    t.false(await store.delete(old));
    t.is(await store.head(old), undefined);
    t.is(await store.read(at('d/a'), 100), undefined);
    const { object: young, created } = await store.writeIfAbsent(at('d/a'), bytes('new'), plain);
    t.true(created);
    t.true(BigInt(young.generation) > BigInt(old.generation));
    t.deepEqual(young.metadata, {});
    t.is(await store.head(old), undefined);
  },
  'One version is deleted only while it is the live one': async (t, store, at) => {
    const one = await store.write(at('a'), bytes('one'), plain);
    const two = await store.write(at('a'), bytes('two'), plain);
    t.false(await store.delete(one));
    t.deepEqual(await store.head(at('a')), two);
    t.true(await store.delete(two));
    t.is(await store.head(at('a')), undefined);
  },
};

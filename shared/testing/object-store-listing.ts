import type { Cases } from './object-store-case.ts';
import { all, bytes, plain } from './object-store-case.ts';

/** More than the 1000 that Cloud Storage gives at once. */
const MANY = 1200;

/** Names that a shop's customers really give, and such as trip a URL or a shell. */
const oddNames = [
  'my dog.jpg',
  'Ünïcödé Größe.png',
  '狗 🐶.webp',
  'a#b#1795234811731614',
  '100%.jpg',
  '%2e%2e%2fpasswd',
  'a+b.jpg',
  'what?.jpg',
  'at 12:30.jpg',
  'x?alt=media&generation=1',
  'quote\'s "double".png',
  '[1](2){3}*$&;|<>~^`!@=,.jpg',
  ' leading and trailing ',
  'CON.jpg',
  `${'long-'.repeat(40)}.jpg`,
];

export const listingCases: Cases = {
  'All of many are listed by their prefix, each as it is': async (t, store, at) => {
    const names = Array.from({ length: MANY }, (_, i) => at(`many/${i % 7}/${i}.json`).name);
    const others = [at('many.json').name, at('manyfold/1').name, at('man/1').name];
    const everything = [...names, ...others];
    for (let i = 0; i < everything.length; i += 50) {
      const some = everything.slice(i, i + 50);
      await Promise.all(
        some.map((name) => store.writeIfAbsent({ bucket: 'uploads', name }, bytes(name), plain)),
      );
    }
    const listed = async (prefix: string): Promise<string[]> =>
      (await all(store.list('uploads', at(prefix).name))).map(({ name }) => name).sort();
    t.deepEqual(await listed('many/'), [...names].sort());
    for (const prefix of [
      '',
      'm',
      'many',
      'many/3',
      'many/3/',
      'many/3/1',
      'many/3/10.json',
      'manyfold/',
      'n',
    ])
      t.deepEqual(await listed(prefix), everything.filter((name) => name.startsWith(at(prefix).name)).sort());
    for await (const info of store.list('uploads', at('many/3/1').name))
      t.deepEqual(await store.head(info), info);
    t.deepEqual(await all(store.list('results', at('many/').name)), []);
  },
  'A list can be left early, and begun where objects come and go': async (t, store, at) => {
    for (const name of ['a', 'b', 'c']) await store.writeIfAbsent(at(name), bytes(name), plain);
    for await (const { name } of store.list('uploads', at('').name)) {
      t.true(name.startsWith(at('').name));
      await store.delete({ bucket: 'uploads', name });
      break;
    }
    t.is((await all(store.list('uploads', at('').name))).length, 2);
  },
  'Odd names are kept as they are': async (t, store, at) => {
    for (const name of oddNames) {
      const { object, created } = await store.writeIfAbsent(at(name), bytes(name), plain);
      t.true(created, name);
      t.is(object.name, at(name).name);
      t.deepEqual(await store.read(object, 1000), { info: object, data: bytes(name) }, name);
      const { object: copy } = (await store.copyIfAbsent(object, at(`copies/${name}`)))!;
      t.is(copy.name, at(`copies/${name}`).name);
    }
    const listed = await all(store.list('uploads', at('copies/').name));
    t.deepEqual(
      listed.map(({ name }) => name).sort(),
      oddNames.map((name) => at(`copies/${name}`).name).sort(),
    );
    for (const name of oddNames) t.true(await store.delete(at(name)), name);
  },
};

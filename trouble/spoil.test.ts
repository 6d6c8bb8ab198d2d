import test from 'ava';
import { createChance } from './chance.ts';
import { spoiled } from './spoil.ts';

const file = Uint8Array.from({ length: 500 }, (_, at) => at % 251);

test('A spoiled file is another one, the file itself stays, and the same chance spoils the same', (t) => {
  const before = file.slice();
  let same = 0;
  for (let seed = 0; seed < 200; seed++) {
    const one = spoiled(file, createChance(seed));
    t.deepEqual(one, spoiled(file, createChance(seed)));
    if (Buffer.compare(one, file) === 0) same++;
  }
  t.deepEqual(file, before);
  // A flip may happen to be none.
  t.true(same < 20, String(same));
});

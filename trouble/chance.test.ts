import test from 'ava';
import { createChance } from './chance.ts';

const draw = (chance: ReturnType<typeof createChance>) => Array.from({ length: 5 }, () => chance.below(1000));

test('The same seed draws the same, another seed something else', (t) => {
  t.deepEqual(draw(createChance(1)), [627, 2, 527, 981, 968]);
  t.deepEqual(draw(createChance(1)), draw(createChance(1)));
  t.notDeepEqual(draw(createChance(1)), draw(createChance(2)));
});

test('A fork draws by its name, whatever was drawn before', (t) => {
  const used = createChance(7);
  used.next();
  t.deepEqual(draw(used.fork('hostile')), draw(createChance(7).fork('hostile')));
  t.notDeepEqual(draw(used.fork('hostile')), draw(used.fork('traffic')));
});

test('What is drawn lies in its range, and every item comes', (t) => {
  const chance = createChance(3);
  const drawn = Array.from({ length: 1000 }, () => chance.between(2, 4));
  t.true(Math.min(...drawn) >= 2 && Math.max(...drawn) < 4);
  t.is(new Set(Array.from({ length: 100 }, () => chance.pick(['a', 'b', 'c']))).size, 3);
});

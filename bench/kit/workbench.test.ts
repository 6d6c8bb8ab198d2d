import test from 'ava';
import { numbersFrom, sidesOf } from './workbench.ts';

test('Numbers of the command line take the place of the usual ones', (t) => {
  t.deepEqual(numbersFrom(['--rounds', '9'], { rounds: 5, photos: 10 }), { rounds: 9, photos: 10 });
  t.deepEqual(numbersFrom([], { rounds: 5 }), { rounds: 5 });
});

const wrong = [
  { args: ['--round', '9'], says: "Expected one of --rounds but received '--round'" },
  { args: ['9'], says: "Expected one of --rounds but received '9'" },
  { args: ['--rounds', 'many'], says: "Expected a whole number from 1 for --rounds but received 'many'" },
  { args: ['--rounds'], says: "Expected a whole number from 1 for --rounds but received 'nothing'" },
  { args: ['--rounds', '0'], says: "Expected a whole number from 1 for --rounds but received '0'" },
];

for (const { args, says } of wrong) {
  test(`It is said what is wrong with '${args.join(' ')}'`, (t) => {
    t.throws(() => numbersFrom(args, { rounds: 5 }), { message: says });
  });
}

test('Twelve megapixels are a phone’s 3000 by 4000', (t) => {
  t.deepEqual(sidesOf(12), { width: 3000, height: 4000 });
  const { width, height } = sidesOf(33);
  t.true(Math.abs(width * height - 33e6) < 33e6 * 0.002);
});

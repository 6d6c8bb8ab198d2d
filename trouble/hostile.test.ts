import test from 'ava';
import { createChance } from './chance.ts';
import { hostileInputs, judge } from './hostile.ts';

const inputs = Number(process.env.TROUBLE_INPUTS ?? 500);
const seed = Number(process.env.TROUBLE_SEED ?? 10);

test(`${inputs} hostile inputs: no crash, no 5xx but 503 and 504, no hang, memory back`, async (t) => {
  t.timeout(600_000);
  const { wrong, rows } = await hostileInputs({ inputs, chance: createChance(seed), say: t.log });
  t.deepEqual(wrong, []);
  const answers = rows.filter((row) => row[''] === 'answered').map(({ what }) => what);
  // Good ones are among them, or only the front door was tried.
  for (const status of ['200', '202', '400', '404']) t.true(answers.includes(status), answers.join());
});

const whole = { kind: 'json', bytes: Buffer.from('x'), isWhole: true };
const answer = { status: 400, text: 'HTTP/1.1 400 Bad Request', hung: false };

test('What is wrong with an answer is said', (t) => {
  t.is(judge(whole, answer), undefined);
  t.is(judge(whole, { ...answer, status: 503 }), undefined);
  t.regex(judge(whole, { ...answer, status: 500 })!, /^was answered 500/);
  t.regex(judge(whole, { ...answer, hung: true })!, /^was not answered within/);
  t.regex(judge(whole, { ...answer, status: 0 })!, /^was not answered$/);
  t.is(judge({ ...whole, isWhole: false }, { ...answer, status: 0 }), undefined);
  t.regex(judge(whole, { ...answer, text: 'at /x/node_modules/y' })!, /our own paths/);
});

import test from 'ava';
import type { Check } from './smoke-checks.ts';
import { checkLine, verdictOf } from './smoke-text.ts';

const right: Check = { name: 'startup', ok: true, ms: 60, detail: 'ready' };
const slow: Check = {
  name: 'warm request',
  ok: true,
  ms: 1280,
  detail: 'the middle of 5',
  target: { text: '0.09–0.58 s', reached: false },
};
const wrong: Check = { name: 'job', ok: false, detail: '500' };

test('a check is a line: outcome, name, seconds, target, detail', (t) => {
  t.is(checkLine(right), 'ok     startup           0.06 s                              ready');
  t.is(checkLine(slow), 'ok     warm request      1.28 s brief 0.09–0.58 s: missed    the middle of 5');
  t.is(checkLine(wrong), 'FAILED job                                                   500');
});

test('a target that is missed is said, and counts where it is asked to', (t) => {
  t.deepEqual(verdictOf([right], false), { isWell: true, text: 'All is well.' });
  t.deepEqual(verdictOf([right, slow], false), {
    isWell: true,
    text: 'All answers are right; targets missed: warm request.',
  });
  t.deepEqual(verdictOf([right, slow], true), {
    isWell: false,
    text: 'Not well: targets missed: warm request.',
  });
  t.deepEqual(verdictOf([slow, wrong], true), { isWell: false, text: 'Not well: failed: job.' });
});

import { randomBytes } from 'node:crypto';
import test from 'ava';
import { childTrace, newTrace, parseTrace, traceOfRequest } from './trace.ts';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';
const fives = (count: number): Uint8Array => new Uint8Array(count).fill(5);
const zeros = (count: number): Uint8Array => new Uint8Array(count);

const read: readonly (readonly [what: string, text: string, sampled: boolean])[] = [
  ['the standard’s example', `00-${id}-${span}-01`, true],
  ['one that is not recorded', `00-${id}-${span}-00`, false],
  ['one with flags not known yet', `00-${id}-${span}-03`, true],
  ['a later version with more to it', `cc-${id}-${span}-01-what-the-future-brings`, true],
];

for (const [what, text, sampled] of read) {
  test(`A traceparent is read: ${what}`, (t) => {
    t.deepEqual(parseTrace(text), { id, span, sampled });
  });
}

const refused: readonly (readonly [what: string, text: string])[] = [
  ['nothing', ''],
  ['upper case', `00-${id.toUpperCase()}-${span}-01`],
  ['the forbidden version', `ff-${id}-${span}-01`],
  ['more than version 00 has', `00-${id}-${span}-01-more`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${span}-01`],
  ['a span of zeros', `00-${id}-${'0'.repeat(16)}-01`],
  ['a short trace', `00-${id.slice(1)}-${span}-01`],
  ['two of them', `00-${id}-${span}-01, 00-${id}-${span}-01`],
];

for (const [what, text] of refused) {
  test(`No traceparent: ${what}`, (t) => {
    t.is(parseTrace(text), undefined);
    t.is(traceOfRequest({ traceparent: text }, fives), newTrace(fives));
  });
}

const google: readonly (readonly [what: string, text: string, trace: string])[] = [
  ['a recorded span', `${id}/67667974448284343;o=1`, `00-${id}-${span}-01`],
  ['no options', `${id}/1`, `00-${id}-0000000000000001-00`],
  ['no span', id.toUpperCase(), `00-${id}-${'05'.repeat(8)}-00`],
  ['a span of zero', `${id}/0;o=0`, `00-${id}-${'05'.repeat(8)}-00`],
  ['the largest span', `${id}/18446744073709551615;o=1`, `00-${id}-ffffffffffffffff-01`],
  ['no trace', '/1;o=1', newTrace(fives)],
  ['a trace of zeros', `${'0'.repeat(32)}/1;o=1`, newTrace(fives)],
];

for (const [what, text, trace] of google) {
  test(`Google’s own header becomes a traceparent: ${what}`, (t) => {
    t.is(traceOfRequest({ 'x-cloud-trace-context': text }, fives), trace);
  });
}

test('The standard’s header comes before Google’s', (t) => {
  const headers = { traceparent: `00-${id}-${span}-01`, 'x-cloud-trace-context': `${'1'.repeat(32)}/1;o=0` };
  t.is(traceOfRequest(headers, fives), `00-${id}-${span}-01`);
});

test('What begins here is one of its own, and never of zeros', (t) => {
  t.is(newTrace(fives), `00-${'05'.repeat(16)}-${'05'.repeat(8)}-00`);
  t.is(newTrace(zeros), `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-00`);
  const [one, other] = [newTrace(randomBytes), newTrace(randomBytes)];
  t.truthy(parseTrace(one));
  t.not(one, other);
});

test('A child is another span of the same trace, recorded as its parent is', (t) => {
  t.is(childTrace(`00-${id}-${span}-01`, fives), `00-${id}-${'05'.repeat(8)}-01`);
  t.is(childTrace(`00-${id}-${span}-00`, fives), `00-${id}-${'05'.repeat(8)}-00`);
  t.is(childTrace('none', fives), newTrace(fives));
});

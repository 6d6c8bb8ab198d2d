import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { BOUNDARY, form, formType, photoPart } from '../testing/multipart-form.ts';
import { serveMultipart } from '../testing/multipart-server.ts';
import { chunk, head } from '../testing/raw-http.ts';
import { until } from '../testing/until.ts';

/** One answer that never comes would hold a test to its end. */
const RUNS = 400;
const answers = [200, 400, 413];

const whole = form(
  { ...photoPart(Buffer.from(Array.from({ length: 256 }, (_, i) => i))), filename: 'dög.jpg' },
  { name: 'scale', data: '2' },
  { name: 'reference', data: `--${BOUNDARY.slice(0, -1)}` },
);

type Change = (body: Buffer) => Buffer;
const at = (body: Buffer, where: number): number => Math.floor(where * body.length);
const where = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
/** What means something to a parser is more likely to find its faults than any byte. */
const telling = fc.constantFrom(
  ...[
    '\r\n',
    '\n',
    '\r',
    '--',
    `--${BOUNDARY}`,
    `\r\n--${BOUNDARY}\r\n`,
    `\r\n--${BOUNDARY}--`,
    '"',
    ';',
    '\\',
  ],
  ...['\0', ': ', "filename*=utf-8''%ff%", 'name="image"', 'Content-Type: text/plain; charset=x'],
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Disposition: form-data; name="file"; filename="x"\r\n\r\n',
);
const noise = fc.oneof(
  telling.map((text) => Buffer.from(text)),
  fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 1, max: 4000 }).map((length) => Buffer.alloc(length, 0x2d)),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(where, fc.integer({ min: 0, max: 255 })).map(
    ([to, byte]): Change =>
      (body) => {
        const spoilt = Buffer.from(body);
        if (spoilt.length > 0) spoilt[at(spoilt, to)] = byte;
        return spoilt;
      },
  ),
  fc.tuple(where, where).map(
    ([a, b]): Change =>
      (body) => {
        const [from, to] = [at(body, Math.min(a, b)), at(body, Math.max(a, b))];
        return Buffer.concat([body.subarray(0, from), body.subarray(to)]);
      },
  ),
  fc.tuple(where, noise).map(
    ([to, bytes]): Change =>
      (body) =>
        Buffer.concat([body.subarray(0, at(body, to)), bytes, body.subarray(at(body, to))]),
  ),
  where.map(
    (to): Change =>
      (body) =>
        body.subarray(0, at(body, to)),
  ),
  where.map(
    (from): Change =>
      (body) =>
        Buffer.concat([body, body.subarray(at(body, from))]),
  ),
);
const spoilt = fc
  .array(change, { minLength: 1, maxLength: 4 })
  .map((changes) => changes.reduce((body, apply) => apply(body), whole));

function inPieces(body: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const size of sizes) {
    if (from < body.length) pieces.push(body.subarray(from, from + size));
    from += size;
  }
  if (from < body.length) pieces.push(body.subarray(from));
  return pieces;
}
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 6 });

for (const [way, isBuffered] of [
  ['from the stream', false],
  ['from rawBody', true],
] as const) {
  test(`However a form is spoilt and cut into pieces, it is read or refused ${way}`, async (t) => {
    const server = await serveMultipart(t, {}, isBuffered);
    const property = fc.asyncProperty(spoilt, sizes, fc.boolean(), async (body, sizes, isChunked) => {
      const pieces = inPieces(body, sizes);
      const { status } = isChunked
        ? await server.send([
            head('POST', '/', { 'Content-Type': formType }),
            ...[...pieces, new Uint8Array()].map(chunk),
          ])
        : await server.send([head('POST', '/', { 'Content-Type': formType }, body.length), ...pieces]);
      if (!answers.includes(status)) throw new Error(`Expected ${answers} but received ${status}`);
    });
    await fc.assert(property, { numRuns: RUNS });
    t.is(server.forms.length + server.refusals.length, RUNS);
    t.true(server.forms.length > 0 && server.refusals.length > 0);
    const { status } = await server.send([
      head('POST', '/', { 'Content-Type': formType }, whole.length),
      whole,
    ]);
    t.is(status, 200);
  });
}

test('Whatever the type says, the form is read or refused', async (t) => {
  const server = await serveMultipart(t);
  const text = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  });
  const type = fc.oneof(
    text,
    text.map((text) => `multipart/form-data; boundary=${text}`),
    fc.tuple(text, text).map(([a, b]) => `multipart/form-data; ${a}=${b}; boundary="${BOUNDARY}"`),
    fc.nat(7000).map((length) => `multipart/form-data; boundary=${'-'.repeat(length)}`),
  );
  const property = fc.asyncProperty(type, async (type) => {
    const { status } = await server.send([head('POST', '/', { 'Content-Type': type }, whole.length), whole]);
    if (!answers.includes(status)) throw new Error(`Expected ${answers} but received ${status}`);
  });
  await fc.assert(property, { numRuns: RUNS });
  t.is(server.forms.length + server.refusals.length, RUNS);
});

test('Callers who leave in the middle of a spoilt form leave nothing behind', async (t) => {
  const server = await serveMultipart(t);
  const property = fc.asyncProperty(spoilt, where, fc.boolean(), async (body, share, isPolite) => {
    const socket = await server.open();
    socket.resume();
    socket.write(head('POST', '/', { 'Content-Type': formType }, body.length + 10));
    socket.write(body.subarray(0, at(body, share)));
    await nextTurn();
    if (isPolite) socket.end();
    else socket.resetAndDestroy();
  });
  await fc.assert(property, { numRuns: RUNS });
  t.deepEqual(server.forms, []);
  const { status } = await server.send([
    head('POST', '/', { 'Content-Type': formType }, whole.length),
    whole,
  ]);
  t.is(status, 200);
  // Each that began has ended: none hangs on to its time limit.
  await until(
    'every reading to end',
    () => server.reading === 0,
    () => `${server.reading} that go on`,
  );
  t.pass();
});

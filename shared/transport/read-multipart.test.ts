import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import type { Part } from '../testing/multipart-form.ts';
import { BOUNDARY, form, formType, photoPart } from '../testing/multipart-form.ts';
import type { MultipartServer } from '../testing/multipart-server.ts';
import { formOptions, serveMultipart } from '../testing/multipart-server.ts';
import { chunk, head, readAnswer } from '../testing/raw-http.ts';
import { soon, until } from '../testing/until.ts';

const ways = [
  ['from the stream', false],
  ['from rawBody', true],
] as const;

async function post(server: MultipartServer, body: Buffer, type = formType) {
  const answer = await server.send([head('POST', '/', { 'Content-Type': type }, body.length), body]);
  const document = answer.status === 200 ? {} : JSON.parse(answer.text || '{}');
  return { status: answer.status, ...document };
}

for (const [way, isBuffered] of ways) {
  test(`A photo, options and a reference are read ${way}`, async (t) => {
    const server = await serveMultipart(t, {}, isBuffered);
    const photo = Buffer.alloc(1000, 7);
    const body = form(
      photoPart(photo),
      { name: 'scale', data: '2' },
      { name: 'reference', data: 'Möhre 🥕' },
    );
    t.is((await post(server, body)).status, 200);
    const data = Uint8Array.from(photo);
    t.deepEqual(server.forms, [
      {
        fields: { scale: '2', reference: 'Möhre 🥕' },
        files: [{ field: 'image', filename: 'my dog.jpg', data }],
      },
    ]);
    t.is(server.forms[0]!.files[0]!.data.buffer.byteLength, 1000, 'a buffer of its own');
  });

  const refused: readonly (readonly [what: string, parts: readonly Part[], code: string, said: RegExp])[] = [
    ['an unknown field', [{ name: 'sclae', data: '2' }], 'REQUEST_INVALID', /only image, file, .* 'sclae'/],
    ['an unknown file', [photoPart('x', 'photo')], 'REQUEST_INVALID', /only image, file, .* 'photo'/],
    [
      'image and file',
      [photoPart('x'), photoPart('y', 'file')],
      'REQUEST_INVALID',
      /one file .* image and file/,
    ],
    [
      'a file twice',
      [photoPart('x'), photoPart('y')],
      'REQUEST_INVALID',
      /one file but received more, as image/,
    ],
    [
      'an option twice',
      [1, 2].map((data) => ({ name: 'scale', data: `${data}` })),
      'REQUEST_INVALID',
      /scale: expected one value/,
    ],
    ['a photo as a text', [{ name: 'image', data: 'x' }], 'REQUEST_INVALID', /image: expected a file/],
    ['a text as a file', [photoPart('2', 'scale')], 'REQUEST_INVALID', /scale: expected a text/],
    [
      'a text of 9 kB',
      [{ name: 'scale', data: '2'.repeat(9000) }],
      'REQUEST_INVALID',
      /scale: .* 8192 bytes/,
    ],
    ['a name with tricks', [{ name: '__proto__', data: '2' }], 'REQUEST_INVALID', /'__proto__'/],
    ['no name', [{ name: '', data: '2' }], 'REQUEST_INVALID', /a part without a name/],
    ['one byte too many', [photoPart(Buffer.alloc(1001))], 'FILE_TOO_LARGE', /^File size exceeds 0MB limit$/],
  ];
  for (const [what, parts, code, said] of refused) {
    test(`A form is refused ${way}: ${what}`, async (t) => {
      const server = await serveMultipart(t, {}, isBuffered);
      const answer = await post(server, form(...parts));
      t.is(answer.error_code, code);
      t.regex(answer.detail, said);
      t.deepEqual(server.forms, []);
    });
  }

  const whole = form(photoPart('abc'), { name: 'scale', data: '2' });
  const damaged: readonly (readonly [what: string, body: Buffer, type?: string])[] = [
    ['nothing at all', Buffer.alloc(0)],
    ['another boundary', whole, formType.replace('cutline', 'other')],
    ['JSON', Buffer.from('{}'), 'application/json'],
    ['an URL-encoded form', Buffer.from('image=x&scale=2'), 'application/x-www-form-urlencoded'],
    ['no boundary', whole, 'multipart/form-data'],
    ['an empty boundary', whole, 'multipart/form-data; boundary='],
    ['no type', whole, ''],
    ['a header without an end', Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-da`)],
    ['a header of 20 kB', Buffer.from(`--${BOUNDARY}\r\nX-Y: ${'z'.repeat(19_000)}\r\n\r\nx`)],
    ['a header that is none', Buffer.from(`--${BOUNDARY}\r\n\0\0: x\r\n\r\nabc\r\n--${BOUNDARY}--\r\n`)],
    ['no end', whole.subarray(0, -4)],
  ];
  for (const [what, body, type] of damaged) {
    test(`What is no form is a 400 ${way}: ${what}`, async (t) => {
      const server = await serveMultipart(t, {}, isBuffered);
      const answer = await post(server, body, type);
      t.is(answer.status, 400);
      t.is(answer.error_code, 'REQUEST_INVALID');
    });
  }

  test(`A form that ends early is a 400 wherever it ends, ${way}`, async (t) => {
    const server = await serveMultipart(t, {}, isBuffered);
    // After the closing boundary only a line's end is left.
    for (let bytes = 0; bytes < whole.length - 2; bytes++)
      t.is((await post(server, whole.subarray(0, bytes))).error_code, 'REQUEST_INVALID', `${bytes}`);
    t.is((await post(server, whole.subarray(0, -2))).status, 200);
  });

  test(`Of many files each is bounded, and all together, ${way}`, async (t) => {
    const server = await serveMultipart(t, { maxFiles: 3, maxTotalBytes: 3000 }, isBuffered);
    const files = (count: number, bytes: number) =>
      form(...Array.from({ length: count }, () => photoPart(Buffer.alloc(bytes))));
    t.is((await post(server, files(3, 500))).status, 200);
    t.is(server.forms[0]!.files.length, 3);
    t.regex((await post(server, files(4, 10))).detail, /at most 3 files but received more, as image/);
    t.is((await post(server, files(1, 1001))).error_code, 'FILE_TOO_LARGE');
    t.is((await post(server, files(3, 950))).error_code, 'REQUEST_TOO_LARGE');
  });

  test(`A file input that was left empty is no file, ${way}`, async (t) => {
    const server = await serveMultipart(t, {}, isBuffered);
    const type = 'application/octet-stream';
    const unused: Part = { name: 'file', filename: '', type, data: '' };
    t.is((await post(server, form(photoPart('abc'), unused))).status, 200);
    t.is((await post(server, form(unused))).status, 200);
    t.is((await post(server, form({ ...unused, data: 'abc' }, photoPart('abc')))).status, 400);
    t.deepEqual(
      server.forms.map(({ files }) => files.map(({ field }) => field)),
      [['image'], []],
    );
  });
}

const names: readonly (readonly [given: string, kept: string])[] = [
  ['C:\\fakepath\\dog.jpg', 'dog.jpg'],
  ['../../etc/passwd', 'passwd'],
  ['..', ''],
  ['a/', ''],
  ['dög 🐕.jpg', 'dög 🐕.jpg'],
  ['ab\tc\u202egpj.exe', 'abcgpj.exe'],
  ['x'.repeat(300), 'x'.repeat(200)],
];

test('A file’s name is its last part, on one line and not too long', async (t) => {
  const server = await serveMultipart(t);
  for (const [given] of names)
    t.is(
      (await post(server, form({ ...photoPart('x'), filename: given.replaceAll('\\', '\\\\') }))).status,
      200,
    );
  t.deepEqual(
    server.forms.map(({ files }) => files[0]!.filename),
    names.map(([, kept]) => kept),
  );
});

test('More than is allowed is answered before it is sent, where the length is declared', async (t) => {
  const server = await serveMultipart(t);
  const declared = head('POST', '/', { 'Content-Type': formType }, 5 * 1024 * 1024);
  const answer = await server.send([declared]);
  t.is(answer.status, 413);
  t.is(JSON.parse(answer.text).file_size_mb, 5);
});

test('An endless file is answered as soon as it is too long, and the answer arrives', async (t) => {
  const server = await serveMultipart(t);
  const whole = form(photoPart('x'));
  const start = whole.subarray(0, whole.indexOf('\r\n\r\n') + 4);
  const socket = await server.open();
  const answer = readAnswer(socket);
  socket.write(Buffer.concat([Buffer.from(head('POST', '/', { 'Content-Type': formType })), chunk(start)]));
  let sent = 0;
  while (!socket.destroyed && server.refusals.length === 0 && sent < 1_000_000) {
    socket.write(chunk(Buffer.alloc(500)));
    sent += 500;
    await nextTurn();
  }
  t.true(sent < 1_000_000, `${sent}`);
  t.is((await answer).status, 413);
});

test('Endless padding after the end of the form is too large as well', async (t) => {
  const server = await serveMultipart(t);
  async function* pieces() {
    yield head('POST', '/', { 'Content-Type': formType });
    yield chunk(form(photoPart('x')));
    for (let i = 0; i < 100 && server.refusals.length === 0; i++) yield chunk(Buffer.alloc(1000));
  }
  t.is((await server.send(pieces())).status, 413);
});

test('A form that does not come to its end in its time is a 408', async (t) => {
  const server = await serveMultipart(t, { timeoutMs: 300 });
  const whole = form(photoPart('abc'));
  const answer = await server.send([
    head('POST', '/', { 'Content-Type': formType }, whole.length),
    whole.subarray(0, 90),
  ]);
  t.is(answer.status, 408);
  t.deepEqual(JSON.parse(answer.text), {
    error_code: 'REQUEST_TIMEOUT',
    detail: 'The request did not arrive within 0.3 seconds',
    limit_seconds: 0.3,
  });
});

test('Who goes on sending after an answer is cut off', async (t) => {
  const server = await serveMultipart(t);
  const socket = await server.open();
  socket.resume();
  // However it is closed.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(head('POST', '/', { 'Content-Type': 'text/plain' }));
  const timer = setInterval(() => socket.write(chunk(Buffer.alloc(10))), 50);
  t.teardown(() => clearInterval(timer));
  await soon('the end of the connection', closed);
  t.deepEqual(server.refusals, ['REQUEST_INVALID']);
});

test('When the caller goes away the reading ends', async (t) => {
  const server = await serveMultipart(t);
  const whole = form(photoPart('abc'));
  for (const bytes of [0, 1, 60, 150, whole.length - 1]) {
    const socket = await server.open();
    socket.write(head('POST', '/', { 'Content-Type': formType }, whole.length));
    socket.write(whole.subarray(0, bytes));
    await nextTurn();
    socket.resetAndDestroy();
  }
  // A connection may be reset before its request is seen.
  await until('a reading that ended', () => server.refusals.length);
  t.true(server.refusals.every((code) => code === 'CANCELLED'));
  t.is((await post(server, whole)).status, 200);
});

test('Bytes that come one by one are a form as well', async (t) => {
  const server = await serveMultipart(t);
  const whole = form(photoPart('abc'), { name: 'scale', data: '4' });
  const pieces = [...whole].map((byte) => chunk(Uint8Array.of(byte)));
  const answer = await server.send([
    head('POST', '/', { 'Content-Type': formType }),
    ...pieces,
    chunk(new Uint8Array()),
  ]);
  t.is(answer.status, 200);
  t.deepEqual(server.forms[0]!.fields, { scale: '4' });
  t.is(formOptions.maxFiles, 1);
});

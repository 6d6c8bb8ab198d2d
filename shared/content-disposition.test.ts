import test from 'ava';
import fc from 'fast-check';
import { contentDisposition, fileNameOf } from './content-disposition.ts';

const names: readonly (readonly [text: string, name: string | undefined])[] = [
  ['order 17', 'order 17'],
  ['Bello & Söhne', 'Bello & Söhne'],
  ['../../etc/passwd', 'etc-passwd'],
  ['a\\b:c*d?e"f<g>h|i', 'a-b-c-d-e-f-g-h-i'],
  ['x\r\nSet-Cookie: y=1', 'x-Set-Cookie- y=1'],
  ['.htaccess', 'htaccess'],
  ['dog. ', 'dog'],
  ['\u202egpj.exe', 'gpj.exe'],
  ['🐶'.repeat(200), '🐶'.repeat(100)],
  ['\ud800', '\ufffd'],
  ['', undefined],
  ['///', undefined],
];

for (const [text, name] of names) {
  test(`${JSON.stringify(text).slice(0, 40)} is the file name ${JSON.stringify(name)?.slice(0, 40)}`, (t) => {
    t.is(fileNameOf(text), name);
  });
}

const headers: readonly (readonly [filename: string, header: string])[] = [
  ['dog.png', 'inline; filename="dog.png"'],
  ['Söhne.png', `inline; filename="S_hne.png"; filename*=UTF-8''S%C3%B6hne.png`],
  [
    "it's 50% (new).png",
    `inline; filename="it's 50_ (new).png"; filename*=UTF-8''it%27s%2050%25%20%28new%29.png`,
  ],
  ['🐶.png', `inline; filename="_.png"; filename*=UTF-8''%F0%9F%90%B6.png`],
];

for (const [filename, header] of headers) {
  test(`${filename} is written as RFC 6266 wants it`, (t) =>
    t.is(contentDisposition('inline', filename), header));
}

test('Whatever a file is called, its header is one line of ASCII that gives the name back', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const name = fileNameOf(text);
      if (name === undefined) return true;
      const header = contentDisposition('attachment', name);
      const [, encoded] = /filename\*=UTF-8''(.*)$/.exec(header) ?? [];
      const [, quoted] = /filename="([^"]*)"/.exec(header)!;
      return /^[\x20-\x7e]+$/.test(header) && (encoded ? decodeURIComponent(encoded) : quoted) === name;
    }),
  );
  t.pass();
});

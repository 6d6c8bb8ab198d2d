import test from 'ava';
import { formatUri, isObjectName, parseUri, uriSchema } from './gs-uri.ts';

const read: readonly (readonly [uri: string, parts: ReturnType<typeof parseUri>])[] = [
  ['gs://uploads/a.jpg#1', { bucket: 'uploads', name: 'a.jpg', generation: '1' }],
  ['gs://uploads/a/b/c.jpg#17', { bucket: 'uploads', name: 'a/b/c.jpg', generation: '17' }],
  ['gs://b-1.x_y/Möhre 1.jpg#0', { bucket: 'b-1.x_y', name: 'Möhre 1.jpg', generation: '0' }],
  ['gs://uploads/a#1.jpg#2', { bucket: 'uploads', name: 'a#1.jpg', generation: '2' }],
  ['gs://uploads/...#2', { bucket: 'uploads', name: '...', generation: '2' }],
  [
    `gs://uploads/${'a'.repeat(1024)}#${'9'.repeat(20)}`,
    { bucket: 'uploads', name: 'a'.repeat(1024), generation: '9'.repeat(20) },
  ],
];

for (const [uri, parts] of read) {
  test(`${uri.slice(0, 40)} is read, and written the same`, (t) => {
    t.deepEqual(parseUri(uri), parts);
    t.is(formatUri(parts!), uri);
    t.true(uriSchema.safeParse(uri).success);
  });
}

const refused: readonly (readonly [why: string, uri: string])[] = [
  ['no generation', 'gs://uploads/a.jpg'],
  ['an empty generation', 'gs://uploads/a.jpg#'],
  ['a generation with a sign', 'gs://uploads/a.jpg#-1'],
  ['a generation of 21 digits', `gs://uploads/a.jpg#${'1'.repeat(21)}`],
  ['a generation in other digits', 'gs://uploads/a.jpg#١'],
  ['another scheme', 's3://uploads/a.jpg#1'],
  ['something before it', ' gs://uploads/a.jpg#1'],
  ['something after it', 'gs://uploads/a.jpg#1\n'],
  ['no name', 'gs://uploads/#1'],
  ['no bucket', 'gs:///a.jpg#1'],
  ['a bucket in capitals', 'gs://Uploads/a.jpg#1'],
  ['a bucket that is a dot', 'gs://../a.jpg#1'],
  ['a bucket of two letters', 'gs://ab/a.jpg#1'],
  ['a name that climbs out', 'gs://uploads/../results/a#1'],
  ['a name that climbs in its middle', 'gs://uploads/a/../../b#1'],
  ['a name that ends in a climb', 'gs://uploads/a/..#1'],
  ['a name with a dot alone', 'gs://uploads/./a#1'],
  ['a name with an empty segment', 'gs://uploads/a//b#1'],
  ['a name that begins with a slash', 'gs://uploads//a#1'],
  ['a name that ends with a slash', 'gs://uploads/a/#1'],
  ['a backslash, which is a slash on Windows', 'gs://uploads/a\\..\\b#1'],
  ['a NUL', 'gs://uploads/a\0.jpg#1'],
  ['a line break', 'gs://uploads/a\n.jpg#1'],
  ['half a character', 'gs://uploads/\ud800#1'],
  ['1025 bytes in fewer characters', `gs://uploads/${'ö'.repeat(512)}a#1`],
];

for (const [why, uri] of refused) {
  test(`${why} makes it no URI of an object`, (t) => {
    t.is(parseUri(uri), undefined);
    t.false(uriSchema.safeParse(uri).success);
  });
}

test('an object without a generation is written without one', (t) => {
  t.is(formatUri({ bucket: 'uploads', name: 'a.jpg' }), 'gs://uploads/a.jpg');
});

test('a bucket’s name has 3 to 222 characters', (t) => {
  const fits = (length: number) => isObjectName({ bucket: 'b'.repeat(length), name: 'a' });
  t.deepEqual([2, 3, 222, 223].map(fits), [false, true, true, false]);
});

import test from 'ava';
import { parseFinishText } from '../../../shared/finish-text.ts';
import { downloadName, fileUrl, finishQuery, reachable, resultUrls } from './finish-query.ts';
import { noEdits } from './state.ts';

test('Nothing chosen asks for nothing but the format', (t) => {
  t.deepEqual(finishQuery(noEdits, 'png'), { format: 'png' });
});

test('What is chosen is asked for in words that the service reads', (t) => {
  const backdrop = { kind: 'template', name: 'garden' } as const;
  const edits = { ...noEdits, backdrop, match: true, shadow: true, crop: true, margin: 12 };
  const { options, background } = parseFinishText(finishQuery(edits, 'jpeg'), ['garden']);
  t.like(options, { format: 'jpeg', match_colors: true, shadow: true, crop: true, margin: '12%' });
  t.deepEqual(background, { template: 'garden' });
  const coloured = finishQuery({ ...noEdits, backdrop: { kind: 'colour', colour: '#f3ead9' } }, 'webp');
  t.deepEqual(parseFinishText(coloured, []).background, { colour: [0xf3, 0xea, 0xd9] });
});

test('Colours are matched to no background that the service does not have', (t) => {
  t.deepEqual(finishQuery({ ...noEdits, match: true }, 'png'), { format: 'png' });
  t.deepEqual(finishQuery({ ...noEdits, match: true, backdrop: { kind: 'own', number: 1 } }, 'png'), {
    format: 'png',
  });
});

test('A file’s address carries its job’s token, and the folder that the service is mounted in', (t) => {
  const url = fileUrl('https://a.example/cut', '/jobs/1/files/color', { token: 'x&y' }, { format: 'png' });
  t.is(url, 'https://a.example/cut/jobs/1/files/color?format=png&token=x%26y');
  const file = { url: '/jobs/1/files/cutout', preview: '', width: 1, height: 1, bytes: 1 };
  const view = { job: '1', status: 'completed', files: { cutout: file } } as const;
  t.deepEqual(resultUrls('https://a.example', view, { job: '1', token: 't' }), {
    cutout: 'https://a.example/jobs/1/files/cutout?token=t',
  });
});

const names: readonly [photo: string, expected: string][] = [
  ['my dog.jpg', 'my-dog-halftone.png'],
  ['a.b.HEIC', 'a.b-halftone.png'],
  ['.jpg', 'photo-halftone.png'],
  ['a/b\\c', 'a-b-c-halftone.png'],
];

for (const [photo, expected] of names)
  test(`'${photo}' is saved as ${expected}`, (t) => t.is(downloadName(photo, 'halftone', 'png'), expected));

test('An upload to our own server goes where the page reached it; one to a bucket goes to the bucket', (t) => {
  t.is(reachable('http://127.0.0.1:1/uploads/a?x=1', 'http://laptop:1'), 'http://laptop:1/uploads/a?x=1');
  t.is(reachable('http://0.0.0.0:1/uploads/a', 'http://localhost:1'), 'http://localhost:1/uploads/a');
  const bucket = 'https://storage.googleapis.com/b/o?X-Goog-Signature=1';
  t.is(reachable(bucket, 'http://localhost:1'), bucket);
});

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { findGraphFiles, hashFiles } from './graph-files.ts';

test('A graph and its data are two files of one size and one checksum, however large', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-graph-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await t.throwsAsync(findGraphFiles(folder, 'a'), { code: 'ENOENT' });
  const graph = Buffer.alloc(10, 'g');
  // More than is read at once, and no whole number of it.
  const data = Buffer.alloc(3 * 1024 * 1024 + 1, 'd');
  await writeFile(join(folder, 'a.onnx'), graph);
  const alone = await findGraphFiles(folder, 'a');
  t.deepEqual(alone, { graph: join(folder, 'a.onnx'), data: undefined, bytes: 10 });
  t.is(await hashFiles(alone), createHash('sha256').update(graph).digest('hex'));
  await writeFile(join(folder, 'a.data'), data);
  const both = await findGraphFiles(folder, 'a');
  t.deepEqual(both, { graph: join(folder, 'a.onnx'), data: join(folder, 'a.data'), bytes: 10 + data.length });
  t.is(await hashFiles(both), createHash('sha256').update(graph).update(data).digest('hex'));
});

// Through the real engine: a profile that nobody can open would be worth nothing.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createEngine } from './engine.ts';
import { builtin } from './testdata/cards.ts';

test('An engine that is to be profiled leaves a trace of every model and a CPU profile', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'cutline-profile-'));
  t.teardown(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'made');
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: false },
    threads: 1,
    queueLimit: 8,
    runLimitMs: 120_000,
    profileDir: folder,
    onFallback() {},
    onStuck: (error) => t.fail(error.message),
  });
  const { card, graph } = await builtin('halve');
  await engine.load(card, graph);
  await engine.close();
  await engine.close();
  const files = (await readdir(folder)).sort();
  t.is(files.length, 2, files.join());
  const [trace, profile] = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8'))),
  );
  t.regex(files[0]!, /^halve-\d+_.*\.json$/);
  t.true(trace.some(({ name }: { name: string }) => name === 'model_run'));
  t.regex(files[1]!, /^main-\d+\.cpuprofile$/);
  t.true(profile.nodes.length > 0);
});

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Card } from '../shared/card.ts';
import { fakeCard } from '../shared/inference/testdata/cards.ts';
import type { Verdict } from './inventory.ts';
import { takeInventory, verify } from './inventory.ts';
import type { ManifestRow } from './manifest.ts';
import { parseManifest } from './manifest.ts';

const source = (bytes: number | null) => ({
  what: 'x',
  url: 'https://example.org/x',
  sha256: null,
  bytes,
  licence: 'MIT',
});
const row = (id: string, bytes: readonly (number | null)[], more: object = {}) => ({
  ...{ id, stage: 'segment', file: id, builtin: false, licence: 'MIT' },
  ...{ bake: { format: 'onnx', sources: bytes.map(source) }, ...more },
});

const rows: readonly ManifestRow[] = parseManifest({
  models: [
    row('sound', [100]),
    row('damaged', [100], { aliases: ['broken'] }),
    row('absent', [100, 50]),
    row('unmeasured', [100, null]),
    { id: 'builtin/segment', stage: 'segment', file: 'segment', builtin: true },
  ],
}).filter(({ stage }) => stage === 'segment');

interface Baked {
  readonly card?: Partial<Card>;
  /** Written after the card was. */
  readonly data?: string;
}

async function bake(t: ExecutionContext, models: Readonly<Record<string, Baked>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-inventory-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [id, { card, data = 'weights' }] of Object.entries(models)) {
    const sha256 = createHash('sha256').update('graph').update('weights').digest('hex');
    const base = { id, stage: 'segment', shapes: [[32, 32]], bytes: 12, sha256, precision: 'fp16' } as const;
    const whole = fakeCard({ ...base, shapes: [[32, 32]], licence: 'BSD-2-Clause', ...card });
    await writeFile(join(folder, `${id}.json`), JSON.stringify(whole));
    await writeFile(join(folder, `${id}.onnx`), 'graph');
    await writeFile(join(folder, `${id}.data`), data);
  }
  return folder;
}

test('The inventory says of each known model whether it is here, and how large, exact and near its source', async (t) => {
  const check = { iou: 0.999, max_difference: 3, photos: 5, note: 'checked' };
  const folder = await bake(t, { sound: { card: { check } }, damaged: { data: 'weight' } });
  const lines = await takeInventory(rows, folder);
  const common = { stage: 'segment', aliases: [] };
  const absent = { ...common, state: 'not baked', licence: 'MIT', precision: null, agreement: null };
  t.deepEqual(lines.slice(0, 4), [
    {
      ...common,
      id: 'sound',
      state: 'baked',
      licence: 'BSD-2-Clause',
      bytes: 12,
      precision: 'fp16',
      agreement: { iou: 0.999, max_difference: 3 },
    },
    {
      ...absent,
      id: 'damaged',
      aliases: ['broken'],
      state: 'damaged',
      bytes: 100,
      problem: 'bytes: expected 11 as on disk, with external data, but received 12',
    },
    { ...absent, id: 'absent', bytes: 150 },
    { ...absent, id: 'unmeasured', bytes: null },
  ] as never);
  t.like(lines[4], { id: 'builtin/segment', state: 'ships', preview: true, licence: 'MIT' });
});

test('Without a folder only what ships is here', async (t) => {
  const lines = await takeInventory(rows, undefined);
  t.deepEqual(
    lines.map(({ state }) => state),
    ['not baked', 'not baked', 'not baked', 'not baked', 'ships'],
  );
});

async function verdictsOf(folder: string): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for await (const verdict of verify(rows, folder)) verdicts.push(verdict);
  return verdicts;
}

test('Verifying reads every file that is here, and passes over what is not', async (t) => {
  const folder = await bake(t, { sound: {}, damaged: { data: 'wEights' } });
  const [sound, damaged, shipped, ...rest] = await verdictsOf(folder);
  const files = (id: string) => [join(folder, `${id}.onnx`), join(folder, `${id}.data`)];
  t.deepEqual(sound, { id: 'sound', files: files('sound'), bytes: 12, ok: true });
  t.like(damaged, { id: 'damaged', files: files('damaged'), bytes: 12, ok: false });
  t.regex(damaged?.problem ?? '', /^sha256: expected [0-9a-f]{64} /);
  t.like(shipped, { id: 'builtin/segment', ok: true });
  t.deepEqual(rest, []);
});

test('A change in the middle of a file too large to be read at each start is found', async (t) => {
  const size = 17 * 1024 * 1024;
  const weights = Buffer.alloc(size);
  const sha256 = createHash('sha256').update('graph').update(weights).digest('hex');
  const folder = await bake(t, { sound: { card: { bytes: 5 + size, sha256 } } });
  await writeFile(join(folder, 'sound.data'), weights);
  t.true((await verdictsOf(folder))[0]?.ok);
  weights[size / 2] = 1;
  await writeFile(join(folder, 'sound.data'), weights);
  t.is((await takeInventory(rows, folder))[0]?.state, 'baked');
  const [verdict] = await verdictsOf(folder);
  t.false(verdict?.ok);
  t.regex(verdict?.problem ?? '', /^sha256: expected [0-9a-f]{64} as on disk but received [0-9a-f]{64}$/);
});

test('A card without its graph is damaged too', async (t) => {
  const folder = await bake(t, { sound: {} });
  await rm(join(folder, 'sound.onnx'));
  const [verdict] = await verdictsOf(folder);
  t.like(verdict, { id: 'sound', files: [], bytes: 0, ok: false });
  t.regex(verdict?.problem ?? '', /^graph: expected /);
});

// Through the real runtime: what is measured has to be a graph that it takes, with weights from the data file.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createEngine } from '../../shared/inference/engine.ts';
import { fakeCard } from '../../shared/inference/testdata/cards.ts';
import { FLOAT, UINT8, writeGraph } from './onnx-file.ts';

test('A graph that is written here runs in the product’s engine, with its weights beside it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-bench-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const shape = ['N', 'h', 'w', 1];
  const written = await writeGraph(join(folder, 'twice'), {
    input: { name: 'image', shape },
    output: { name: 'image_out', shape },
    build(graph) {
      const planes = graph.op('Transpose', [graph.op('Cast', ['image'], { to: FLOAT })], {
        perm: [0, 3, 1, 2],
      });
      const chance = graph.op('Conv', [planes, graph.weight([1, 1, 1, 1], 0.5)], { kernel_shape: [1, 1] });
      // Nothing is left of chance, twice of the picture.
      const nothing = graph.op('Mul', [chance, graph.constant([0], [1])]);
      const twice = graph.op('Add', [graph.op('Mul', [planes, graph.constant([2], [1])]), nothing]);
      graph.op('Transpose', [graph.op('Cast', [twice], { to: UINT8 })], { perm: [0, 2, 3, 1] }, 'image_out');
    },
  });
  t.is(written.parameters, 1);
  t.is((await stat(join(folder, 'twice.data'))).size, 4);
  t.is((await stat(join(folder, 'twice.onnx'))).size, written.bytes - 4);
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: false },
    threads: 1,
    queueLimit: 8,
    runLimitMs: 120_000,
    onFallback() {},
    onStuck: (error) => t.fail(error.message),
  });
  t.teardown(() => engine.close());
  const tensor = { type: 'uint8' as const, shape };
  const card = fakeCard({ id: 'twice', inputs: { image: tensor }, outputs: { image_out: tensor } });
  const model = await engine.open(card, join(folder, 'twice.onnx'));
  const { image_out: out } = await model.run({
    image: { dims: [1, 1, 3, 1], data: Uint8Array.of(1, 2, 100) },
  });
  t.deepEqual([...out!.data], [2, 4, 200]);
});

// A process that opens graphs, runs each once and says so: the least that a start can take.
// Its arguments: device, threads (0 for all cores), graphs.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Card } from '../../shared/card.ts';
import type { DeviceName } from '../../shared/inference/device.ts';
import { warmUp } from '../../shared/inference/warm-up.ts';
import type { Model } from '../../shared/stage.ts';
import { openBare } from './bare-session.ts';

const [device, threads, ...graphs] = process.argv.slice(2);
for (const graph of graphs) {
  const card: Card = JSON.parse(readFileSync(graph.replace(/onnx$/, 'json'), 'utf8'));
  const { run } = await openBare(
    { card, graph },
    { device: device!, threads: Number(threads) || availableParallelism() },
  );
  const model: Model = {
    card,
    async run(inputs) {
      await run(inputs);
      return {};
    },
  };
  await warmUp(model, device as DeviceName);
}
console.log('ready');

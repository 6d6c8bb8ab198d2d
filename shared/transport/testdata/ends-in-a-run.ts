// A process that ends while a model runs: ends-in-a-run.ts CODE.
import { openRegistry } from '../../../models/registry.ts';
import { createEngine } from '../../inference/engine.ts';
import { endProcess } from '../end-process.ts';

const registry = await openRegistry();
const engine = createEngine({
  device: { devices: ['cpu'], warnOnFallback: false },
  threads: 1,
  queueLimit: 1,
  runLimitMs: 60_000,
  onFallback() {},
  onStuck() {},
});
const { card, graph } = registry.find('upscale', 'builtin/upscale');
const model = await engine.load(card, graph);
const side = 3000;
const image = { dims: [1, side, side, 3], data: new Uint8Array(side * side * 3) };
void model.run({ image }).then(() => process.stderr.write('the run was not long enough'));
setTimeout(() => endProcess(Number(process.argv[2])), 20);

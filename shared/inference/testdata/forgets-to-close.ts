// A program that uses an engine and does not close it.
import { createEngine } from '../engine.ts';
import { builtin } from './cards.ts';

const engine = createEngine({
  device: { devices: ['cpu'], warnOnFallback: false },
  threads: 1,
  queueLimit: 1,
  runLimitMs: 60_000,
  onFallback() {},
  onStuck() {},
});
const { card, graph } = await builtin('halve');
const model = await engine.load(card, graph);
await model.run({ image: { dims: [1, 4, 4, 3], data: new Uint8Array(48) } });
console.log('done');

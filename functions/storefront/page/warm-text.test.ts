import test from 'ava';
import { engineOf, engineText } from './warm-text.ts';

test('A warm engine is ready', (t) => {
  t.deepEqual(engineOf({ status: 'warm', estimate_ms: null }, 0), { kind: 'ready' });
  t.deepEqual(engineText({ kind: 'ready' }, 0), { key: 'engine.ready' });
});

test('What is left of a start is counted down from what the last one took', (t) => {
  const engine = engineOf({ status: 'starting', elapsed_ms: 3000, estimate_ms: 15_000 }, 100);
  t.deepEqual(engineText(engine, 100), { key: 'engine.startingFor', seconds: 12 });
  t.deepEqual(engineText(engine, 1101), { key: 'engine.startingFor', seconds: 11 });
  t.deepEqual(engineText(engine, 12_000), { key: 'engine.startingFor', seconds: 1 });
});

test('One that takes longer than the last time, or was never measured, gets no number', (t) => {
  const late = engineOf({ status: 'starting', elapsed_ms: 16_000, estimate_ms: 15_000 }, 0);
  t.deepEqual(engineText(late, 0), { key: 'engine.startingLong' });
  const unknown = engineOf({ status: 'cold', estimate_ms: null }, 0);
  t.deepEqual(engineText(unknown, 60_000), { key: 'engine.starting' });
});

for (const kind of ['unknown', 'busy', 'offline'] as const)
  test(`An engine that is ${kind} is said to be`, (t) => {
    t.deepEqual(engineText({ kind }, 0), { key: `engine.${kind}` });
  });

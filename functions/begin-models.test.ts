// Models that are begun before anybody listens, with the real engine and a model that ships.
import test from 'ava';
import { openRegistry } from '../models/registry.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import { startThread } from '../shared/inference/start-thread.ts';
import { beginModels } from './begin-models.ts';

const registry = await openRegistry();
const config = parseConfig({ DEVICE: 'cpu', THREADS: '1' });

test('What happens before anybody listens is told then, in order', async (t) => {
  const begun = beginModels({ stages: ['segment'], config, registry, thread: startThread() });
  const models = await begun.opened;
  t.teardown(() => models.close());
  t.is(begun.readiness.phase, 'warming', 'ready is for whoever serves to say');
  const told: string[] = [];
  let listening = false;
  begun.listen({
    onPhase: (phase, elapsedMs) => told.push(`${phase}${elapsedMs <= begun.elapsedMs() ? '' : ' ?'}`),
    onLoaded: ({ id, stage }) => stage === 'segment' && told.push(id),
    onFallback: t.fail,
    onBroken: (error) => t.fail(error.message),
    onRan: () => t.true(listening, 'the caller of listen is done by then'),
  });
  listening = true;
  await Promise.resolve();
  t.deepEqual(told, ['model', 'builtin/segment', 'warming']);
  const before = told.length;
  const model = models.model('flatten');
  const image = { dims: [1, 2, 2, 3], data: new Uint8Array(12) };
  await model.run({ image, alpha: { dims: [1, 2, 2, 1], data: new Uint8Array(4) } });
  t.is(told.length, before);
});

test('Models that cannot be opened are a failed start, also for whoever asks later', async (t) => {
  const wrong = parseConfig({ DEVICE: 'cpu', SEGMENT_MODELS: 'nobody' });
  const begun = beginModels({ stages: ['segment'], config: wrong, registry });
  await t.throwsAsync(begun.opened, { code: 'MODEL_NOT_FOUND' });
  t.is(begun.readiness.refusal()?.code, 'MODEL_NOT_FOUND');
});

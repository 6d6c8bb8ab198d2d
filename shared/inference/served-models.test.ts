// The models of a service, opened for real: those that ship, and under another name what a test needs.
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { ModelEntry } from '../../models/registry.ts';
import { createRegistry, openRegistry } from '../../models/registry.ts';
import type { StageName } from '../card.ts';
import { CutlineError } from '../errors.ts';
import { jobOptionsSchema } from '../job.ts';
import type { OpenedModels, ServedModelsOptions } from './served-models.ts';
import { openServedModels } from './served-models.ts';

const shipped = await openRegistry();
const segmenter = shipped.find('segment');
/** The segmentation model that ships, under another id. */
const copy = (id: string): ModelEntry => ({ ...segmenter, card: { ...segmenter.card, id } });
const damaged = (id: string): ModelEntry => ({ ...copy(id), graph: import.meta.filename });
const everything = [...shipped.list('upscale'), ...shipped.list('effects'), ...shipped.list('helper')];
const options = jobOptionsSchema.parse({});

/** What was heard on the way. */
interface Heard {
  readonly phases: string[];
  readonly loaded: string[];
  readonly fallbacks: string[];
  readonly ran: string[];
}

interface Wanted {
  readonly segmenters?: readonly ModelEntry[];
  readonly stages?: readonly StageName[];
  readonly named?: ServedModelsOptions['named'];
  readonly device?: ServedModelsOptions['device'];
}

async function open(t: ExecutionContext, wanted: Wanted = {}, heard = newHeard()): Promise<OpenedModels> {
  const { segmenters = [segmenter], stages = ['segment'], named = {} } = wanted;
  const models = await openServedModels({
    stages,
    registry: createRegistry([...segmenters, ...everything], shipped.rows),
    named,
    device: wanted.device ?? { devices: ['cpu'], warnOnFallback: true },
    threads: 2,
    runQueue: 10,
    runLimitMs: 60_000,
    onPhase: (phase) => heard.phases.push(phase),
    onLoaded: ({ id }, ms, when) => heard.loaded.push(`${id} ${when}${ms >= 0 ? '' : ' ?'}`),
    onFallback: (reason) => heard.fallbacks.push(reason),
    onStuck: (error) => t.fail(error.message),
    onDead: (error) => t.fail(error.message),
    onRan: (model) => heard.ran.push(model),
  });
  t.teardown(() => models.close());
  return models;
}

const newHeard = (): Heard => ({ phases: [], loaded: [], fallbacks: [], ran: [] });

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof CutlineError ? error.code : String(error);
  }
}

const HELPERS = ['flatten', 'refine-wide', 'refine-fine', 'matte', 'box'];

test('the first model of a stage and its helpers are open and warm before ready, the others after', async (t) => {
  const heard = newHeard();
  const models = await open(t, { segmenters: [copy('one'), copy('two'), copy('three')] }, heard);
  const before = ['one', ...HELPERS];
  t.deepEqual(heard.phases, [...before.map(() => 'model'), 'warming']);
  t.deepEqual(
    heard.loaded,
    before.map((id) => `${id} before ready`),
  );
  t.deepEqual([...new Set(heard.ran)], before, 'each ran once, to be warm');
  t.is(models.model('one').card.id, 'one');
  t.is(
    codeOf(() => models.model('two')),
    'MODEL_LOADING',
  );
  await models.rest;
  t.is(models.model('two').card.id, 'two');
  t.is(models.model('three').card.id, 'three');
  t.deepEqual(heard.loaded.slice(before.length), ['two after ready', 'three after ready']);
  t.deepEqual(models.offered('segment'), ['one', 'two', 'three']);
  t.is(models.device, 'cpu');
  t.false(models.fellBack);
  t.is(await models.gpuMemory(), null);
});

test('a second model that is damaged is told of and left out; the first serves all the same', async (t) => {
  const heard = newHeard();
  const models = await open(t, { segmenters: [copy('one'), damaged('two'), copy('three')] }, heard);
  await models.rest;
  t.is(heard.fallbacks.length, 1);
  t.regex(heard.fallbacks[0]!, /^two: /);
  const error = t.throws(() => models.model('two'), { instanceOf: CutlineError });
  t.is(error?.code, 'MODEL_NOT_FOUND');
  t.is(models.model('three').card.id, 'three', 'and the one after it is opened');
  t.is(models.model('one').card.id, 'one');
});

test('a first model that is damaged is MODEL_INVALID, and it never becomes warm', async (t) => {
  const heard = newHeard();
  await t.throwsAsync(open(t, { segmenters: [damaged('one'), copy('two')] }, heard), {
    code: 'MODEL_INVALID',
  });
  t.deepEqual(heard.phases, []);
});

test('a name that the configuration has and the shelf has not ends the start before anything is opened', async (t) => {
  const heard = newHeard();
  const named = { segment: ['two', 'nobody'] };
  const start = open(t, { segmenters: [copy('one'), copy('two')], named }, heard);
  const error = await t.throwsAsync(start, { instanceOf: CutlineError });
  t.is(error?.code, 'MODEL_NOT_FOUND');
  t.is(error?.detail, "There is no segment model 'nobody'. Available: one, two");
  t.deepEqual(heard, newHeard());
});

test('what the configuration names is what callers may name, its first the default', async (t) => {
  const segmenters = [copy('one'), copy('two'), copy('three')];
  const models = await open(t, { segmenters, named: { segment: ['three', 'one', 'three'] } });
  t.deepEqual(models.offered('segment'), ['three', 'one']);
  t.is(models.choose('segment', options).model, 'three');
  t.is(models.choose('segment', { ...options, model: 'one' }).model, 'one');
  const error = t.throws(() => models.choose('segment', { ...options, model: 'two' }), {
    instanceOf: CutlineError,
  });
  t.is(error?.detail, "There is no segment model 'two'. Available: three, one");
});

test('an alias of the manifest names its model', async (t) => {
  const models = await open(t, { segmenters: [copy('birefnet-portrait'), copy('birefnet-general')] });
  t.is(models.choose('segment', { ...options, model: 'general' }).model, 'birefnet-general');
  t.is(models.choose('segment', options).model, 'birefnet-portrait');
});

test('all looks are open before ready, as a job asks for several', async (t) => {
  const heard = newHeard();
  const models = await open(t, { stages: ['effects'] }, heard);
  const looks = shipped.list('effects').map(({ card }) => card.id);
  t.deepEqual(models.offered('effects'), looks);
  for (const look of looks) t.is(models.model(look).card.id, look);
  t.deepEqual(models.offered('segment'), [], 'of other stages there is none');
  await models.rest;
  t.true(heard.loaded.every((text) => text.endsWith('before ready')));
});

test('a stage chooses its own models alone', async (t) => {
  const models = await open(t, { stages: ['upscale'] });
  const wished = { ...options, model: 'somebody-elses', denoise: 0.5 };
  const job = models.choose('upscale', wished);
  t.like(job, { upscaler: 'builtin/upscale', model: 'somebody-elses' });
  t.regex(job.upscaler_note!, /^denoising of 0\.5 has no effect with builtin\/upscale/);
  t.is(models.choose('effects', options).upscaler, '');
});

test('where a GPU comes first bringing it up is a phase; ending on the CPU is told where it was not asked for', async (t) => {
  const heard = newHeard();
  const models = await open(t, { device: { devices: ['cuda', 'cpu'], warnOnFallback: true } }, heard);
  t.is(heard.phases[0], 'gpu');
  t.is(heard.phases.at(-1), 'warming');
  t.is(models.fellBack, models.device === 'cpu');
  t.is(heard.fallbacks.length, models.device === 'cpu' ? 1 : 0);
});

test('closed while others are still to be opened, it opens no more', async (t) => {
  const heard = newHeard();
  const models = await open(t, { segmenters: [copy('one'), copy('two'), copy('three')] }, heard);
  await models.close();
  await models.rest;
  t.false(heard.loaded.includes('three after ready'));
  t.deepEqual(heard.fallbacks, [], 'and that is nothing to warn of');
});

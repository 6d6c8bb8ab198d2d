import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { fakeCard } from '../../shared/inference/testdata/cards.ts';
import { pipeline } from '../../shared/pipeline.ts';
import { createRegistry } from '../registry.ts';
import type { EvalArguments, EvalCommand } from './arguments.ts';
import { parseEvalArguments } from './arguments.ts';
import { chooseContenders, keyOf, rivalPairs } from './contenders.ts';
import type { Pair } from './find-pairs.ts';

const entry = (id: string, stage: 'segment' | 'upscale' | 'helper', sha = '0') => ({
  card: fakeCard({ id, stage, sha256: sha.repeat(64) }),
  graph: '',
  builtin: false,
});
const helpers = [...new Set(pipeline.flatMap((stage) => stage.helpers))];
const registryWith = (sha: string) =>
  createRegistry([
    entry('large', 'segment', sha),
    entry('small', 'segment'),
    entry('enlarger', 'upscale'),
    ...helpers.map((id) => entry(id, 'helper')),
  ]);
const registry = registryWith('a');

const parsed = await parseEvalArguments(['--photos', 'p']);
const plain = (parsed as Extract<EvalCommand, { kind: 'run' }>).arguments;

const names = (args: Partial<EvalArguments>): string[] => {
  const { cuts, upscales } = chooseContenders({ ...plain, ...args }, registry);
  const cut = cuts.map(
    ({ model, scale, refine, upscaler }) =>
      `${model} ×${scale}${refine ? '' : ' raw'}${upscaler ? ` after ${upscaler.id}` : ''}`,
  );
  return [...cut, ...upscales.map(({ model, scale }) => `enlarge ${model} ×${scale}`)];
};

test('Without options it is the model that the command line takes', (t) => {
  t.deepEqual(names({}), ['large ×1']);
});

test('Every model stands at every scale, with refine and without', (t) => {
  t.deepEqual(names({ models: 'all', scales: [1, 2], unrefined: true }), [
    'large ×1',
    'large ×1 raw',
    'large ×2 after enlarger',
    'large ×2 raw after enlarger',
    'small ×1',
    'small ×1 raw',
    'small ×2 after enlarger',
    'small ×2 raw after enlarger',
  ]);
});

test('Upscalers are judged against bicubic, at 2 where no scale above 1 is asked for', (t) => {
  t.deepEqual(names({ models: [], upscalers: 'all' }), ['enlarge bicubic ×2', 'enlarge enlarger ×2']);
  t.deepEqual(names({ models: [], upscalers: ['enlarger'], scales: [1, 4] }), [
    'enlarge bicubic ×4',
    'enlarge enlarger ×4',
  ]);
});

test('A model that is not there is MODEL_NOT_FOUND', (t) => {
  const error = t.throws(() => names({ models: ['huge'] }), { instanceOf: CutlineError });
  t.is(error?.code, 'MODEL_NOT_FOUND');
});

const pair: Pair = { path: '/x/a.jpg', name: 'a.jpg', bytes: 100, reference: undefined };
const contender = chooseContenders({ ...plain, unrefined: true }, registry).cuts[0]!;
const changed: readonly (readonly [string, Pair, typeof contender])[] = [
  ['another photo', { ...pair, name: 'b.jpg' }, contender],
  ['a photo of another length', { ...pair, bytes: 101 }, contender],
  ['a reference', { ...pair, reference: { path: 'r', bytes: 5, labelled: false } }, contender],
  ['labels', { ...pair, reference: { path: 'r', bytes: 5, labelled: true } }, contender],
  ['another graph under the same name', pair, chooseContenders(plain, registryWith('b')).cuts[0]!],
  ['another option', pair, chooseContenders({ ...plain, unrefined: true }, registry).cuts[1]!],
];

test('Keys tell apart whatever may change a figure', (t) => {
  const keys = [keyOf(pair, contender), ...changed.map(([, other, rival]) => keyOf(other, rival))];
  t.is(new Set(keys).size, keys.length);
  t.is(keyOf({ ...pair, path: '/moved/a.jpg' }, contender), keys[0]!);
});

test('Each model meets each other one once, under the same options', (t) => {
  const { cuts } = chooseContenders({ ...plain, models: 'all', unrefined: true }, registry);
  t.deepEqual(
    rivalPairs(cuts).map(([a, b]) => [a.model, b.model, a.refine, b.refine]),
    [
      ['large', 'small', true, true],
      ['large', 'small', false, false],
    ],
  );
});

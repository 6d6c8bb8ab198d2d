import test from 'ava';
import { fakeHelpers } from '../testing/fake-helpers.ts';
import { blur, fakeModel, identity, nearest, picture } from '../testing/fake-models.ts';
import { noisy, planeOf } from '../testing/pictures.ts';
import { chain } from './chain.ts';
import { runTiled, toPlane, toTensor } from './run-tiled.ts';

const helper = (id: string) => fakeHelpers().find(({ card }) => card.id === id)!;

const cards: [string, Parameters<typeof chain>[0], { scale: number; field: number }][] = [
  ['one graph', [{ model: blur(), ratio: 1 }], { scale: 1, field: 1 }],
  [
    'two blurs, whose fields add up',
    [blur(), blur()].map((model) => ({ model, ratio: 1 })),
    { scale: 1, field: 2 },
  ],
  [
    'enlarging by 4 and halving: the second field counts a quarter, rounded up',
    [
      { model: nearest(4, { field: 34 }), ratio: 4 },
      { model: identity({ field: 5 }), ratio: 0.5 },
    ],
    { scale: 2, field: 36 },
  ],
  [
    'a third graph after that counts by the size it sees',
    [
      { model: nearest(4), ratio: 4 },
      { model: identity({ field: 4 }), ratio: 0.5 },
      { model: identity({ field: 4 }), ratio: 1 },
    ],
    { scale: 2, field: 3 },
  ],
];
for (const [name, steps, expected] of cards) {
  test(`the card of ${name}`, (t) => {
    const { scale, field } = chain(steps).card;
    t.deepEqual({ scale, field }, expected);
  });
}

test('what the first net asks of tiles holds for the chain', (t) => {
  const net = nearest(4, { multiple: 2, blend: 16, shapes: [[64, 64]] });
  const { multiple, blend, shapes } = chain([
    { model: net, ratio: 4 },
    { model: helper('halve'), ratio: 0.5 },
  ]).card;
  t.deepEqual({ multiple, blend, shapes }, { multiple: 2, blend: 16, shapes: [[64, 64]] });
});

test('each graph gets what the one before made', async (t) => {
  const image = noisy(3, 2);
  const model = chain([
    { model: nearest(4), ratio: 4 },
    { model: helper('halve'), ratio: 0.5 },
  ]);
  const { image_out } = await model.run({ image: toTensor({ ...image, data: image.data.slice() }) });
  const doubled = planeOf(6, 4, 3, (x, y, c) => image.data[((y >> 1) * 3 + (x >> 1)) * 3 + c]!);
  t.deepEqual(toPlane(image_out!), doubled);
});

test('a later graph gets inputs that an earlier one does not know', async (t) => {
  const model = chain([
    { model: identity(), ratio: 1 },
    { model: helper('hide'), ratio: 1 },
  ]);
  t.deepEqual(Object.keys(model.card.inputs).sort(), ['alpha', 'image']);
  const image = planeOf(2, 1, 3, () => 7);
  const alpha = planeOf(2, 1, 1, (x) => x);
  const { image_out } = await model.run({ image: toTensor(image), alpha: toTensor(alpha) });
  t.deepEqual([...image_out!.data], [0, 0, 0, 7, 7, 7]);
});

test('the last graph says what comes out', (t) => {
  const outputs = { image_out: picture(), other: picture() };
  const last = fakeModel({ card: { id: 'two', inputs: { image: picture() }, outputs }, compute: (x) => x });
  const { card } = chain([
    { model: identity(), ratio: 1 },
    { model: last, ratio: 1 },
  ]);
  t.deepEqual(card.outputs, outputs);
});

test('a chain in tiles equals the same graphs run one after another over the whole', async (t) => {
  const image = noisy(23, 19);
  const steps = [
    { model: blur(), ratio: 1 },
    { model: nearest(4, { field: 1 }), ratio: 4 },
    { model: blur(), ratio: 1 },
    { model: helper('halve'), ratio: 0.5 },
  ];
  const whole = await chain(steps).run({ image: toTensor({ ...image, data: image.data.slice() }) });
  const tools = { tile: { maxSide: 11, fixedShapes: false } };
  const { image_out } = await runTiled(chain(steps), { inputs: { image } }, tools);
  t.deepEqual(image_out, toPlane(whole.image_out!));
});

test('a signal reaches every graph', async (t) => {
  const controller = new AbortController();
  const first = fakeModel({
    card: identity().card,
    compute: ({ image }) => {
      controller.abort(new Error('enough'));
      return { image_out: image! };
    },
  });
  const second = identity();
  const model = chain([
    { model: first, ratio: 1 },
    { model: second, ratio: 1 },
  ]);
  const run = model.run({ image: toTensor(noisy(2, 2)) }, controller.signal);
  await t.throwsAsync(run, { message: 'enough' });
  t.is(second.runs.length, 0);
});

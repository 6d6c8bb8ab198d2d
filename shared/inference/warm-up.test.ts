import test from 'ava';
import type { Card } from '../card.ts';
import type { Tensor } from '../stage.ts';
import { fakeCard } from './testdata/cards.ts';
import { warmUp } from './warm-up.ts';

/** A model that writes down what it is given. */
function witness(card: Card) {
  const runs: Record<string, Tensor>[] = [];
  return {
    runs,
    model: {
      card,
      async run(inputs: Record<string, Tensor>) {
        runs.push(inputs);
        return {};
      },
    },
  };
}

const shapes: [number, number][] = [
  [512, 512],
  [512, 768],
];
const fixed: Card['inputs'] = { image: { type: 'uint8', shape: [1, 256, 256, 3] } };
const listed: Card['inputs'] = { image: { type: 'uint8', shape: [1, 'H', 'W', 3] } };

const cases: readonly {
  name: string;
  card: Partial<Card>;
  device: 'cpu' | 'cuda' | 'tensorrt';
  dims: number[][];
}[] = [
  {
    name: 'on CUDA every shape of the card',
    card: { shapes },
    device: 'cuda',
    dims: [
      [1, 512, 512, 3],
      [1, 512, 768, 3],
    ],
  },
  {
    name: 'with TensorRT every shape of the card',
    card: { shapes },
    device: 'tensorrt',
    dims: [
      [1, 512, 512, 3],
      [1, 512, 768, 3],
    ],
  },
  { name: 'on a CPU one small shape', card: { shapes }, device: 'cpu', dims: [[1, 64, 64, 3]] },
  { name: 'without shapes one small one', card: {}, device: 'cuda', dims: [[1, 64, 64, 3]] },
  {
    name: 'a small shape of whole multiples',
    card: { multiple: 48 },
    device: 'cpu',
    dims: [[1, 96, 96, 3]],
  },
  {
    name: 'of a segmentation net every shape that it lists, on a CPU too',
    card: { stage: 'segment', shapes, multiple: 32 },
    device: 'cpu',
    dims: [
      [1, 512, 512, 3],
      [1, 512, 768, 3],
    ],
  },
  {
    name: 'a card whose size is a number at that size',
    card: { inputs: fixed, shapes: [[256, 256]] },
    device: 'cpu',
    dims: [[1, 256, 256, 3]],
  },
];

for (const { name, card, device, dims } of cases) {
  test(`What is warmed: ${name}`, async (t) => {
    const { model, runs } = witness(fakeCard(card));
    await warmUp(model, device);
    t.deepEqual(
      runs.map((inputs) => [...inputs.image!.dims]),
      dims,
    );
  });
}

test('Inputs have the card’s types and sizes: twice a side, constants, and symbols that are neither side', async (t) => {
  const { model, runs } = witness(
    fakeCard({
      inputs: {
        image: { type: 'uint8', shape: ['N', 'h', 'w', 3] },
        large: { type: 'float32', shape: ['N', '2h', '2w', 1] },
        origin: { type: 'int32', shape: [2] },
      },
      shapes: [[8, 16]],
    }),
  );
  await warmUp(model, 'cuda');
  t.deepEqual(runs, [
    {
      image: { dims: [1, 8, 16, 3], data: new Uint8Array(384).fill(1) },
      large: { dims: [1, 16, 32, 1], data: new Float32Array(512).fill(1) },
      origin: { dims: [2], data: new Int32Array(2).fill(1) },
    },
  ]);
});

test('What the first run throws, warming throws', async (t) => {
  const run = () => Promise.reject(new Error('broken'));
  await t.throwsAsync(warmUp({ card: fakeCard({ inputs: listed }), run }, 'cpu'), { message: 'broken' });
});

import test from 'ava';
import type { Card } from '../card.ts';
import type { GraphSignature } from './card-check.ts';
import { cardMismatch } from './card-check.ts';
import { fakeCard } from './testdata/cards.ts';

const graph: GraphSignature = {
  inputs: [
    { name: 'image', type: 'uint8', shape: ['batch', 'height', 'width', 3] },
    { name: 'origin', type: 'int32', shape: [2] },
  ],
  outputs: [
    { name: 'image_out', type: 'uint8', shape: ['batch', '2*height', '2*width', 3] },
    { name: 'debug', type: 'float32', shape: [] },
  ],
};

const inputs: Card['inputs'] = {
  image: { type: 'uint8', shape: ['N', 'h', 'w', 3] },
  origin: { type: 'int32', shape: [2] },
};
const outputs: Card['outputs'] = { image_out: { type: 'uint8', shape: ['N', '2h', '2w', 3] } };

test('A card that tells the truth has no mismatch, and need not name every output', (t) => {
  t.is(cardMismatch(fakeCard({ inputs, outputs }), graph), undefined);
});

test('A card may fix a size that the graph leaves open', (t) => {
  const fixed = { ...inputs, image: { type: 'uint8' as const, shape: [1, 64, 64, 3] } };
  t.is(cardMismatch(fakeCard({ inputs: fixed, outputs }), graph), undefined);
});

const lies: readonly { name: string; card: Partial<Card>; says: string }[] = [
  {
    name: 'an input that the graph does not have',
    card: { inputs: { ...inputs, mask: { type: 'uint8', shape: [1] } }, outputs },
    says: "inputs.mask: expected one of the graph's inputs (image, origin)",
  },
  {
    name: 'an output that the graph does not have',
    card: { inputs, outputs: { picture: { type: 'uint8', shape: [1] } } },
    says: "outputs.picture: expected one of the graph's outputs (image_out, debug)",
  },
  {
    name: 'another type',
    card: { inputs: { ...inputs, image: { type: 'float32', shape: ['N', 'h', 'w', 3] } }, outputs },
    says: 'inputs.image.type: expected uint8 as in the graph but received float32',
  },
  {
    name: 'another number of channels',
    card: { inputs, outputs: { image_out: { type: 'uint8', shape: ['N', '2h', '2w', 4] } } },
    says: 'outputs.image_out.shape: expected [batch, 2*height, 2*width, 3] as in the graph but received [N, 2h, 2w, 4]',
  },
  {
    name: 'a symbol where the graph has a number',
    card: { inputs, outputs: { image_out: { type: 'uint8', shape: ['N', '2h', '2w', 'c'] } } },
    says: 'outputs.image_out.shape: expected [batch, 2*height, 2*width, 3] as in the graph but received [N, 2h, 2w, c]',
  },
  {
    name: 'another number of dimensions',
    card: { inputs: { ...inputs, image: { type: 'uint8', shape: ['h', 'w', 3] } }, outputs },
    says: 'inputs.image.shape: expected [batch, height, width, 3] as in the graph but received [h, w, 3]',
  },
  {
    name: 'not an input that the graph needs',
    card: { inputs: { image: inputs.image! }, outputs },
    says: 'inputs.origin: expected in the card, because the graph needs it',
  },
];

for (const { name, card, says } of lies) {
  test(`The field is named when the card has ${name}`, (t) => {
    t.is(cardMismatch(fakeCard(card), graph), says);
  });
}

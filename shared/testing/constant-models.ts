// Tools for stages and pipelines in tests: models that give tensors of the right shape and one value.
import { readFileSync } from 'node:fs';
import type { Card } from '../card.ts';
import { cardSchema } from '../card.ts';
import type { Picture, Plane } from '../image/picture.ts';
import { fakeCard } from '../inference/testdata/cards.ts';
import type { Model, Resize, Tensor } from '../stage.ts';

const square = { type: 'uint8' as const, shape: ['N', 'h', 'w', 3] };

const cards: Record<string, Partial<Card>> = {
  twice: { stage: 'upscale', outputs: { image_out: { ...square, shape: ['N', '2h', '2w', 3] } }, scale: 2 },
  'four-times': {
    stage: 'upscale',
    outputs: { image_out: { ...square, shape: ['N', '4h', '4w', 3] } },
    scale: 4,
  },
  mask: {
    stage: 'segment',
    inputs: { image: { ...square, shape: [1, 8, 8, 3] } },
    outputs: { mask: { ...square, shape: [1, 8, 8, 1] } },
    shapes: [[8, 8]],
  },
  look: { stage: 'effects' },
};

/** Every value of an output is 200; only `box` finds everything solid. Helpers have the cards that ship. */
export function constantModel(id: string): Model {
  const card = cards[id] ? fakeCard({ id, ...cards[id] }) : shippedCard(id);
  return {
    card,
    async run(inputs) {
      const sizes = sizesOf(card, inputs);
      if (id === 'box') return boxOf(sizes.get('w')!, sizes.get('h')!);
      const outputs = Object.entries(card.outputs).map(([name, { type, shape }]): [string, Tensor] => {
        const dims = shape.map((size) => resolve(size, sizes));
        const length = dims.reduce((a, b) => a * b, 1);
        const data = type === 'float32' ? new Float32Array(length) : new Uint8Array(length);
        return [name, { dims, data: data.fill(200) }];
      });
      return Object.fromEntries(outputs);
    },
  };
}

function shippedCard(id: string): Card {
  const path = new URL(`../../models/builtin/${id}.json`, import.meta.url);
  return cardSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** What the symbols of a card's inputs stand for in a run: "2h" over 16 rows makes h 8. */
function sizesOf(card: Card, inputs: Readonly<Record<string, Tensor>>): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [name, { shape }] of Object.entries(card.inputs)) {
    for (const [axis, size] of shape.entries()) {
      const [, factor, symbol] = /^(\d?)(\D+)$/.exec(String(size)) ?? [];
      if (symbol) sizes.set(symbol, inputs[name]!.dims[axis]! / Number(factor || 1));
    }
  }
  return sizes;
}

function resolve(size: number | string, sizes: ReadonlyMap<string, number>): number {
  const [, factor, symbol] = /^(\d?)(\D+)$/.exec(String(size)) ?? [];
  return symbol ? Number(factor || 1) * (sizes.get(symbol) ?? 1) : Number(size);
}

function boxOf(width: number, height: number): Record<string, Tensor> {
  return {
    box: { dims: [4], data: Int32Array.of(0, 0, width, height) },
    solid: { dims: [1], data: Int32Array.of(width * height) },
  };
}

/** Gives a picture of the asked size, with an alpha where there was one. */
export const constantResize: Resize = async <P extends Plane | Picture>(
  from: P,
  width: number,
  height: number,
) =>
  ({
    ...from,
    width,
    height,
    data: new Uint8Array(width * height * from.channels).fill(200),
    ...('alpha' in from && from.alpha && { alpha: new Uint8Array(width * height).fill(200) }),
  }) as P;

export function fakePicture(width: number, height: number, more: Partial<Picture> = {}): Picture {
  return { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(100), ...more };
}

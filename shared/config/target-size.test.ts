import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { Card } from '../card.ts';
import { cardSchema } from '../card.ts';
import { CutlineError } from '../errors.ts';
import { checkTargetSize } from './target-size.ts';

type Sized = Pick<Card, 'stage' | 'inputs' | 'shapes'>;

const image = (height: number | string, width: number | string) => ({
  inputs: { image: { type: 'uint8' as const, shape: [1, height, width, 3] } },
});
const fixed: Sized = { stage: 'segment', ...image(1024, 1024) };
const open: Sized = {
  stage: 'segment',
  ...image('h', 'w'),
  shapes: [
    [1024, 1024],
    [960, 1280],
  ],
};
const upscaler: Sized = { stage: 'upscale', ...image(512, 512) };

test('A side that a loaded segmentation model has is fine, and so is none', (t) => {
  t.notThrows(() => checkTargetSize({ targetSize: 1024 }, [upscaler, fixed]));
  t.notThrows(() => checkTargetSize({ targetSize: 1280 }, [open]));
  t.notThrows(() => checkTargetSize({ targetSize: undefined }, []));
});

const wrong: readonly (readonly [size: number, cards: readonly Sized[], there: string])[] = [
  [512, [upscaler, fixed], '1024'],
  [960, [open], '1024, 1280'],
  [1024, [upscaler], 'none is loaded'],
];

for (const [targetSize, cards, there] of wrong) {
  test(`A side of ${targetSize} where there is ${there} is CONFIG_INVALID, saying what there is`, (t) => {
    const error = t.throws(() => checkTargetSize({ targetSize }, cards), { instanceOf: CutlineError });
    t.is(error.code, 'CONFIG_INVALID');
    t.deepEqual(error.fields.problems, [
      `TARGET_SIZE: expected the input side of a loaded segmentation model (${there}) but received '${targetSize}'`,
    ]);
  });
}

test('The built-in model has the side of its card and no other', async (t) => {
  const text = await readFile(new URL('../../models/builtin/segment.json', import.meta.url), 'utf8');
  const card = cardSchema.parse(JSON.parse(text));
  const side = card.inputs.image!.shape[1] as number;
  t.true(side > 0 && side !== 1024);
  t.notThrows(() => checkTargetSize({ targetSize: side }, [card]));
  t.throws(() => checkTargetSize({ targetSize: 1024 }, [card]), { code: 'CONFIG_INVALID' });
});

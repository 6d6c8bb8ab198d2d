import test from 'ava';
import type { Card } from '../../shared/card.ts';
import { toTensor } from '../../shared/image/run-tiled.ts';
import type { Tensor } from '../../shared/stage.ts';
import { fakeModel, mapSamples, picture, plane } from '../../shared/testing/fake-models.ts';
import { noisy, planeOf } from '../../shared/testing/pictures.ts';
import { bleedAtEdges, lookOfSeen } from './by-sight.ts';

const PLACE: Card['inputs'][string] = { type: 'int32', shape: [2] };

const withAlpha = (id: string, sample: (level: number, alpha: number) => number) =>
  fakeModel({
    card: { id, inputs: { image: picture(), alpha: plane() }, outputs: { image_out: picture() } },
    compute: ({ image, alpha }) => ({
      image_out: mapSamples(image!, 1, (at, x, y, c) =>
        sample(at(x, y, c), alpha!.data[y * image!.dims[2]! + x]!),
      ),
    }),
  });

/** A look that draws where its tile lies. */
const placed = () =>
  fakeModel({
    card: {
      id: 'placed',
      stage: 'effects',
      field: 3,
      inputs: { image: picture(), origin: PLACE },
      outputs: { image_out: picture() },
    },
    compute: ({ image, origin }) => ({
      image_out: mapSamples(image!, 1, (_at, x, y, c) => [x + origin!.data[0]!, y + origin!.data[1]!, 9][c]!),
    }),
  });

const inputs = (alpha: (x: number, y: number) => number): Record<string, Tensor> => ({
  image: toTensor(noisy(4, 3)),
  alpha: toTensor(planeOf(4, 3, 1, alpha)),
});
const origin = (left: number, top: number) => ({ origin: { dims: [2], data: Int32Array.of(left, top) } });
const edge = (x: number): number => (x < 2 ? 0 : 255);

const setUp = () => {
  const [bleed, look, hide] = [
    withAlpha('bleed', () => 77),
    placed(),
    withAlpha('hide', (level, alpha) => (alpha > 0 ? level : 0)),
  ];
  return { bleed, look, hide, seen: lookOfSeen(look, hide, { left: 20, top: 30 }) };
};

test('colour is bled where a tile has an edge, and only there', async (t) => {
  const { bleed } = setUp();
  const atEdges = bleedAtEdges(bleed);
  t.is(atEdges.card, bleed.card);
  t.deepEqual((await atEdges.run(inputs(() => 255))).image_out!.data, noisy(4, 3).data);
  t.deepEqual((await atEdges.run(inputs(() => 0))).image_out, {
    dims: [1, 3, 4, 3],
    data: new Uint8Array(36),
  });
  t.is(bleed.runs.length, 0);
  t.deepEqual((await atEdges.run(inputs(edge))).image_out!.data, new Uint8Array(36).fill(77));
  t.is(bleed.runs.length, 1);
});

test('one sample of another alpha makes a tile one with an edge', async (t) => {
  for (const [most, other] of [
    [255, 254],
    [0, 1],
  ] as const) {
    const { bleed } = setUp();
    await bleedAtEdges(bleed).run(inputs((x, y) => (x === 3 && y === 2 ? other : most)));
    t.is(bleed.runs.length, 1);
  }
});

test('an unseen tile of a look is black without a run', async (t) => {
  const { look, hide, seen } = setUp();
  const { image_out: made } = await seen.run({ ...inputs(() => 0), ...origin(1, 2) });
  t.deepEqual(made, { dims: [1, 3, 4, 3], data: new Uint8Array(36) });
  t.deepEqual([look.runs.length, hide.runs.length], [0, 0]);
});

test('in an opaque tile there is nothing to hide', async (t) => {
  const { look, hide, seen } = setUp();
  const { image_out: made } = await seen.run({ ...inputs(() => 255), ...origin(1, 2) });
  t.deepEqual([...made!.data.subarray(0, 6)], [21, 32, 9, 22, 32, 9]);
  t.deepEqual([look.runs.length, hide.runs.length], [1, 0]);
});

test('at an edge the look is made, at its place in the whole picture, and hidden where it is unseen', async (t) => {
  const { look, hide, seen } = setUp();
  const { image_out: made } = await seen.run({ ...inputs(edge), ...origin(0, 0) });
  t.deepEqual([...made!.data.subarray(0, 12)], [0, 0, 0, 0, 0, 0, 22, 30, 9, 23, 30, 9]);
  t.deepEqual([look.runs.length, hide.runs.length], [1, 1]);
});

test('a look of what is seen has the look’s card and takes alpha as well', (t) => {
  const { card } = setUp().seen;
  t.deepEqual(
    [card.id, card.field, Object.keys(card.inputs).sort()],
    ['placed', 3, ['alpha', 'image', 'origin']],
  );
});

test('what was cancelled ends, also where there is nothing to run', async (t) => {
  const { bleed, seen } = setUp();
  const signal = AbortSignal.abort(new Error('enough'));
  await t.throwsAsync(
    bleedAtEdges(bleed).run(
      inputs(() => 0),
      signal,
    ),
    { message: 'enough' },
  );
  await t.throwsAsync(seen.run({ ...inputs(() => 255), ...origin(0, 0) }, signal), { message: 'enough' });
});

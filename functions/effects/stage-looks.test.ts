// Parameters of looks on their way to the graphs.
import test from 'ava';
import type { Tensor } from '../../shared/stage.ts';
import { fakeModel, mapSamples, picture } from '../../shared/testing/fake-models.ts';
import { fakeTools } from '../../shared/testing/fake-tools.ts';
import { noisy, plain } from '../../shared/testing/pictures.ts';
import { looks } from './looks.ts';
import { effects } from './stage.ts';

const SMALL_TILES = { maxSide: 2, fixedShapes: false };

/** A look that leaves the picture as it is and keeps what it was told, tile by tile. */
function listening(id: string) {
  const told: Record<string, number[]>[] = [];
  const parameters = Object.keys(looks[id]!.parameters);
  const model = fakeModel({
    card: {
      id,
      stage: 'effects',
      inputs: {
        image: picture(),
        ...Object.fromEntries(parameters.map((name) => [name, { type: 'float32', shape: ['n'] }] as const)),
      },
      outputs: { image_out: picture() },
    },
    compute: ({ image, ...rest }: Record<string, Tensor>) => {
      const rounded = (data: Tensor['data']): number[] => Array.from(data, (n) => Number(n.toFixed(4)));
      told.push(Object.fromEntries(Object.entries(rest).map(([name, { data }]) => [name, rounded(data)])));
      return { image_out: mapSamples(image!, 1, (at, x, y, c) => at(x, y, c)) };
    },
  });
  return { model, told };
}

test('every tile is told the parameters, and defaults stand for what was not chosen', async (t) => {
  const { model, told } = listening('halftone');
  const tools = fakeTools({ models: [model], tile: SMALL_TILES });
  const options = {
    effects: ['halftone'],
    effect_options: { halftone: { pitch: 6, ink: '#ff0033' } },
    print: true,
  };
  await effects(noisy(20, 20), options, tools);
  t.true(told.length > 4);
  for (const each of told) t.deepEqual(each, { angle: [45], pitch: [6], ink: [1, 0, 0.2] });
});

for (const [id, { parameters }] of Object.entries(looks)) {
  test(`without a choice ${id} gets its defaults`, async (t) => {
    const { model, told } = listening(id);
    await effects(plain(4, 4, 1, 2, 3), { effects: [id], print: true }, fakeTools({ models: [model] }));
    t.is(told.length, 1);
    t.deepEqual(Object.keys(told[0]!).sort(), Object.keys(parameters).sort());
    for (const [name, parameter] of Object.entries(parameters))
      if (parameter.type === 'number') t.deepEqual(told[0]![name], [parameter.default], name);
      else t.is(told[0]![name]!.length, 3, name);
  });
}

test('one look is not told what was chosen for another', async (t) => {
  const [first, second] = [listening('enhanced-bw'), listening('duotone')];
  const tools = fakeTools({ models: [first.model, second.model] });
  const effect_options = { duotone: { contrast: 0.9 } };
  await effects(
    plain(4, 4, 1, 2, 3),
    { effects: ['enhanced-bw', 'duotone'], effect_options, print: true },
    tools,
  );
  t.deepEqual(first.told[0]!.contrast, [looks['enhanced-bw']!.parameters.contrast!.default as number]);
  t.deepEqual(second.told[0]!.contrast, [0.9]);
});

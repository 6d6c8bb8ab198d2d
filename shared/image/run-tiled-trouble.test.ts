// What happens on the way: progress, cancelling, tiles that fail and devices that are too small.
import test from 'ava';
import { CutlineError } from '../errors.ts';
import type { Model, Tensor } from '../stage.ts';
import { blur, identity } from '../testing/fake-models.ts';
import { noisy } from '../testing/pictures.ts';
import type { TileTools } from './run-tiled.ts';
import { runTiled } from './run-tiled.ts';

const tiles = (maxSide: number, signal?: AbortSignal): TileTools => ({
  tile: { maxSide, fixedShapes: false },
  signal,
});

/** The model, asking before each run whether it should fail. Numbers of pixels of all tries are in `asked`. */
function failing(model: Model, when: (pixels: number, run: number) => CutlineError | undefined) {
  const asked: number[] = [];
  const run = async (inputs: Record<string, Tensor>, signal?: AbortSignal) => {
    const [, height, width] = inputs.image!.dims as [number, number, number];
    const error = when(height * width, asked.push(height * width) - 1);
    if (!error) return await model.run(inputs, signal);
    await new Promise(setImmediate);
    throw error;
  };
  return { card: model.card, run, asked };
}

const outOfMemory = () => new CutlineError('GPU_MEMORY_EXHAUSTED');
const above = (limit: number) => (pixels: number) => (pixels > limit ? outOfMemory() : undefined);

test('progress rises tile by tile and ends at 1', async (t) => {
  const seen: number[] = [];
  const run = { inputs: { image: noisy(20, 6) }, onProgress: (share: number) => seen.push(share) };
  const model = identity();
  await runTiled(model, run, tiles(5));
  t.true(seen.length > 2);
  t.is(seen.length, model.runs.length);
  t.deepEqual(
    seen,
    seen.map((_, i) => (i + 1) / seen.length),
  );
});

test('one tile is in the model while the next is made ready, never more', async (t) => {
  const model = blur();
  await runTiled(model, { inputs: { image: noisy(40, 40) } }, tiles(8));
  t.true(model.runs.length > 20);
  t.is(model.peak, 2);
});

test('out of memory, it starts again with half the tile and gives the same picture', async (t) => {
  const image = noisy(150, 140);
  const whole = await runTiled(blur(), { inputs: { image } }, tiles(512));
  const model = failing(blur(), above(64 * 64));
  const { image_out } = await runTiled(model, { inputs: { image } }, tiles(128));
  t.deepEqual(image_out!.data, whole.image_out!.data);
  t.true(model.asked[0]! > 64 * 64);
  t.true(model.asked.at(-1)! <= 64 * 64);
});

test('out of memory with half the tile too, it gives up', async (t) => {
  const model = failing(blur(), outOfMemory);
  const run = runTiled(model, { inputs: { image: noisy(150, 140) } }, tiles(128));
  await t.throwsAsync(run, { code: 'GPU_MEMORY_EXHAUSTED' });
  t.is(new Set(model.asked).size, 2);
});

test('a tile is not halved below 64 pixels a side', async (t) => {
  const model = failing(blur(), outOfMemory);
  const run = runTiled(model, { inputs: { image: noisy(150, 140) } }, tiles(127));
  await t.throwsAsync(run, { code: 'GPU_MEMORY_EXHAUSTED' });
  t.is(new Set(model.asked).size, 1);
});

test('progress never goes back when memory runs out half way', async (t) => {
  const seen: number[] = [];
  const model = failing(blur(), (pixels, run) => (run >= 3 && pixels > 64 * 64 ? outOfMemory() : undefined));
  const run = { inputs: { image: noisy(300, 200) }, onProgress: (share: number) => seen.push(share) };
  await runTiled(model, run, tiles(128));
  t.true(
    seen.every((share, i) => i === 0 || share >= seen[i - 1]!),
    `${seen}`,
  );
  t.is(seen.at(-1), 1);
});

const failures: [string, number][] = [
  ['the first', 0],
  ['one in the middle', 3],
  ['the last', 5],
];
for (const [name, index] of failures) {
  test.serial(`when ${name} tile fails the whole fails, and no rejection is left over`, async (t) => {
    const leftOver: unknown[] = [];
    const listener = (reason: unknown): number => leftOver.push(reason);
    process.on('unhandledRejection', listener);
    t.teardown(() => process.off('unhandledRejection', listener));
    // The tile after it, which is under way by then, fails as well.
    const model = failing(blur(), (_, run) =>
      run >= index ? new CutlineError('INFERENCE_ERROR', { message: `tile ${run}` }) : undefined,
    );
    const run = runTiled(model, { inputs: { image: noisy(18, 12) } }, tiles(8));
    const error = await t.throwsAsync(run, { code: 'INFERENCE_ERROR' });
    t.is(error?.message, `tile ${index}`);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    t.deepEqual(leftOver, []);
    t.true(model.asked.length <= index + 2);
  });
}

test('cancelled between two tiles, it runs no further and throws the reason', async (t) => {
  const controller = new AbortController();
  const model = blur();
  const run = {
    inputs: { image: noisy(40, 40) },
    onProgress: () => {
      if (model.runs.length >= 4) controller.abort(new CutlineError('CANCELLED'));
    },
  };
  await t.throwsAsync(runTiled(model, run, tiles(8, controller.signal)), { code: 'CANCELLED' });
  t.true(model.runs.length <= 5);
});

test('cancelled before it began, it runs nothing', async (t) => {
  const model = blur();
  const signal = AbortSignal.abort(new CutlineError('CANCELLED'));
  await t.throwsAsync(runTiled(model, { inputs: { image: noisy(4, 4) } }, tiles(8, signal)), {
    code: 'CANCELLED',
  });
  t.is(model.runs.length, 0);
});

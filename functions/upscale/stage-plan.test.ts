// planUpscale, which is known before any work.
import test from 'ava';
import { planUpscale } from './stage.ts';

type Sides = [number, number];
const plans: [string, Sides, 1 | 2 | 4, number | undefined, Sides, Sides, boolean][] = [
  ['no limit', [300, 200], 2, undefined, [300, 200], [600, 400], false],
  ['a limit that the photo keeps', [300, 200], 4, 300, [300, 200], [1200, 800], false],
  ['a limit on a wide photo', [300, 200], 4, 150, [150, 100], [600, 400], false],
  ['a limit on a tall photo', [200, 300], 4, 150, [100, 150], [400, 600], false],
  ['a limit that leaves as many pixels as before', [300, 200], 2, 150, [150, 100], [300, 200], false],
  ['a limit that would leave fewer', [300, 200], 2, 149, [300, 200], [300, 200], true],
  ['scale 1', [300, 200], 1, undefined, [300, 200], [300, 200], true],
  ['scale 1 with a limit, which is the upscaler’s alone', [300, 200], 1, 64, [300, 200], [300, 200], true],
  ['a line, of which a pixel is left', [4000, 1], 4, 1000, [1000, 1], [4000, 4], false],
];
for (const [name, [width, height], scale, maxDimension, input, output, skipped] of plans) {
  test(`the plan with ${name}`, (t) => {
    const plan = planUpscale({ width, height }, { scale, maxDimension });
    t.deepEqual([plan.input.width, plan.input.height], input);
    t.deepEqual([plan.output.width, plan.output.height], output);
    t.is(plan.skipped !== undefined, skipped);
  });
}

test('whatever the sizes, the result has at least the photo’s pixels and the model gets no longer side than allowed', (t) => {
  const broken: string[] = [];
  for (const scale of [2, 4] as const)
    for (const maxDimension of [64, 100, 333, undefined])
      for (let width = 1; width <= 700; width += 23)
        for (let height = 1; height <= 700; height += 31) {
          const { input, output, skipped } = planUpscale({ width, height }, { scale, maxDimension });
          const holds = skipped
            ? output.width === width && output.height === height && input.width === width
            : output.width * output.height >= width * height &&
              output.width === input.width * scale &&
              output.height === input.height * scale &&
              Math.max(input.width, input.height) <=
                Math.min(maxDimension ?? Infinity, Math.max(width, height));
          if (!holds) broken.push(`${width}×${height} ×${scale}, limit ${maxDimension}`);
        }
  t.deepEqual(broken, []);
});

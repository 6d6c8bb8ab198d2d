// Every look, by its real graph in the real runtime.
import test from 'ava';
import type { Picture } from '../../shared/image/picture.ts';
import { seededRandom } from '../../shared/testing/furry.ts';
import { distance } from '../../shared/testing/pictures.ts';
import type { RealTools } from '../../shared/testing/real-tools.ts';
import { openRealTools } from '../../shared/testing/real-tools.ts';
import type { LookOptions } from './looks.ts';
import { describeParameter, lookInputs, lookNames, lookOptionsSchema, looks } from './looks.ts';
import { effects } from './stage.ts';

let real: RealTools;
test.before(async () => {
  real = await openRealTools(['bleed', 'hide', ...lookNames]);
});
test.after.always(() => real.close());

const WIDTH = 210;
const HEIGHT = 170;

/** Shades, an edge, noise; a disc of a matte with a soft rim. Grey where asked for. */
function cutout(grey: boolean): Picture {
  const random = seededRandom(11);
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  const alpha = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const at = y * WIDTH + x;
      const level = 120 + 70 * Math.sin(x / 13) + (x > y ? 40 : -30) + (random() - 0.5) * 20;
      const rim = 70 - Math.hypot(x - WIDTH / 2, y - HEIGHT / 2);
      alpha[at] = Math.max(0, Math.min(255, Math.round(rim * 40)));
      const sample = (shift: number): number =>
        Math.max(0, Math.min(255, Math.round(level + (grey ? 0 : shift))));
      if (alpha[at] > 0) data.set([sample(30), sample(0), sample(-40)], at * 3);
    }
  }
  return { width: WIDTH, height: HEIGHT, channels: 3, data, alpha };
}

async function make(
  picture: Picture,
  look: string,
  maxSide: number,
  options: LookOptions = {},
  fixedShapes = false,
): Promise<Picture> {
  const tools = { ...real.tools, tile: { maxSide, fixedShapes } };
  const { pictures } = await effects(
    picture,
    { effects: [look], effect_options: options, print: true },
    tools,
  );
  return pictures[look]!;
}

for (const look of lookNames) {
  test(`${look}: tiles meet, and alpha is untouched`, async (t) => {
    const picture = cutout(false);
    const [tiled, whole] = [await make(picture, look, 48), await make(picture, look, 1000)];
    const most = whole.data.reduce((m, sample, i) => Math.max(m, Math.abs(sample - tiled.data[i]!)), 0);
    t.true(most <= 1, `${most}`);
    t.deepEqual(tiled.alpha, picture.alpha);
  });

  test(`${look}: made of the subject alone it is the same as made of the whole picture`, async (t) => {
    const small = cutout(false);
    // A disc out of the middle: on three sides the box around it ends within the picture.
    for (let i = 0; i < small.alpha!.length; i++)
      if (Math.hypot((i % WIDTH) - 140, Math.floor(i / WIDTH) - 90) > 40) small.alpha![i] = 0;
    const [part, whole] = [await make(small, look, 1000), await make(small, look, 1000, {}, true)];
    t.true(distance(part.data, whole.data) <= 1);
  });

  test(`${look}: nothing is left where alpha is 0`, async (t) => {
    const { data, alpha } = await make(cutout(false), look, 1000);
    t.true(
      alpha!.every((sample, i) => sample > 0 || data[i * 3]! + data[i * 3 + 1]! + data[i * 3 + 2]! === 0),
    );
  });

  test(`${look}: draws no rim: on an even subject the edge is like the middle`, async (t) => {
    // A screen or a pen draws by place; their mean says whether there is a rim.
    const picture = cutout(true);
    for (let i = 0; i < picture.alpha!.length; i++)
      if (picture.alpha![i]! > 0) picture.data.fill(150, i * 3, i * 3 + 3);
    const { data } = await make(picture, look, 1000, { 'enhanced-bw': { grain: 0 } });
    const mean = (from: number, to: number): number => {
      let [sum, count] = [0, 0];
      for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH; x++) {
          const depth = 70 - Math.hypot(x - WIDTH / 2, y - HEIGHT / 2);
          if (depth < from || depth >= to) continue;
          sum += data[(y * WIDTH + x) * 3 + 1]!;
          count++;
        }
      }
      return sum / count;
    };
    const [rim, middle] = [mean(1, 9), mean(24, 60)];
    t.true(Math.abs(rim - middle) < 8, `${rim} at the rim, ${middle} inside`);
  });

  test(`${look}: each parameter changes the picture`, async (t) => {
    const picture = cutout(false);
    const usual = await make(picture, look, 1000);
    for (const [name, parameter] of Object.entries(looks[look]!.parameters)) {
      const other =
        parameter.type === 'colour'
          ? '#12ab34'
          : parameter.default === parameter.min
            ? parameter.max
            : parameter.min;
      const changed = await make(picture, look, 1000, { [look]: { [name]: other } });
      t.notDeepEqual(changed.data, usual.data, name);
    }
  });
}

for (const look of ['enhanced-bw', 'color', 'sketch', 'halftone']) {
  test(`${look}: a grey cut-out stays exactly neutral`, async (t) => {
    const { data } = await make(cutout(true), look, 1000);
    for (let i = 0; i < data.length; i += 3) {
      if (data[i] !== data[i + 1] || data[i] !== data[i + 2])
        return t.fail(`${data.slice(i, i + 3)} at ${i}`);
    }
    t.pass();
  });
}

test('Pure white stays white in the photographic looks', async (t) => {
  const picture = cutout(true);
  picture.data.fill(255);
  const white: Picture = { width: WIDTH, height: HEIGHT, channels: 3, data: picture.data };
  for (const look of ['enhanced-bw', 'color', 'sketch', 'halftone']) {
    t.true(
      (await make(white, look, 1000)).data.every((sample) => sample === 255),
      look,
    );
  }
});

test('Parameters out of range, unknown ones and unknown looks are refused', (t) => {
  const wrong = [
    { halftone: { pitch: 25 } },
    { halftone: { size: 8 } },
    { sepia: {} },
    { duotone: { shadow: 'navy' } },
  ];
  for (const options of wrong) t.false(lookOptionsSchema.safeParse(options).success, JSON.stringify(options));
  t.true(lookOptionsSchema.safeParse({ halftone: { pitch: 24, ink: '#123' } }).success);
});

test('Parameters become what the graph takes: numbers in [1], colours as shares in [3]', (t) => {
  const inputs = lookInputs('duotone', { shadow: '#ff0033', contrast: 1 });
  t.deepEqual(
    [...inputs.shadow!.data].map((v) => Number(v.toFixed(3))),
    [1, 0, 0.2],
  );
  t.deepEqual([...inputs.contrast!.data], [1]);
  t.deepEqual(inputs.highlight!.dims, [3]);
  t.deepEqual(lookInputs('no-such-look'), {});
});

test('A parameter is described with its range and default', (t) => {
  t.is(describeParameter(looks.halftone!.parameters.pitch!), '4–24 pixels, 8');
  t.is(describeParameter(looks.duotone!.parameters.shadow!), 'colour, #1b1f4b');
});

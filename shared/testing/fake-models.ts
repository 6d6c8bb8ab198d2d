// Models that tests can check by hand. Their cards tell the truth, they run for a turn of the event loop, and
// like real ones they take their inputs' buffers with them, so that code which uses one again fails.
import type { Card } from '../card.ts';
import type { Model, Tensor } from '../stage.ts';

export type Outputs = Record<string, Tensor>;

export interface FakeModel extends Model {
  /** The shape of the first input of every run so far. */
  readonly runs: readonly (readonly number[])[];
  /** How many runs were going on at once, at most. */
  readonly peak: number;
}

export interface FakeOptions {
  readonly card: Partial<Card> & Pick<Card, 'id' | 'inputs' | 'outputs'>;
  compute(inputs: Outputs): Outputs;
}

export const picture = (h = 'h', w = 'w'): Card['inputs'][string] => ({
  type: 'uint8',
  shape: ['N', h, w, 3],
});
export const plane = (h = 'h', w = 'w'): Card['inputs'][string] => ({ type: 'uint8', shape: ['N', h, w, 1] });

export function fakeModel({ card, compute }: FakeOptions): FakeModel {
  const runs: number[][] = [];
  let going = 0;
  let peak = 0;
  return {
    card: { ...plainCard, ...card },
    runs,
    get peak() {
      return peak;
    },
    async run(inputs, signal) {
      signal?.throwIfAborted();
      checkNames(card, inputs);
      const own = take(inputs);
      runs.push([...Object.values(own)[0]!.dims]);
      peak = Math.max(peak, ++going);
      await new Promise(setImmediate);
      going--;
      return compute(own);
    },
  };
}

const plainCard = {
  stage: 'helper',
  title: 'fake',
  preview: true,
  licence: 'MIT',
  sources: [],
  sha256: '0'.repeat(64),
  bytes: 1,
  precision: 'fp32',
  onnxruntime: '1.26.0',
  optimization: 'all',
  scale: 1,
  field: 0,
  multiple: 1,
  max_batch: 1,
  check: {},
} as const satisfies Partial<Card>;

function checkNames(card: Pick<Card, 'id' | 'inputs'>, inputs: Outputs): void {
  const expected = Object.keys(card.inputs).sort().join();
  const received = Object.keys(inputs).sort().join();
  if (received !== expected) throw new Error(`${card.id}: expected ${expected} but received ${received}`);
}

/** The inputs with their bytes moved elsewhere, as a message to a thread moves them. */
function take(inputs: Outputs): Outputs {
  for (const [name, { dims, data }] of Object.entries(inputs)) {
    const wanted = dims.reduce((product, side) => product * side, 1);
    if (data.length !== wanted)
      throw new Error(`${name}: expected ${wanted} samples but received ${data.length}`);
  }
  const buffers = new Set(Object.values(inputs).map(({ data }) => data.buffer));
  return structuredClone(inputs, { transfer: [...buffers] });
}

/** Every output sample from a function of its place; sizes are the input's times `scale`. */
export function mapSamples(
  input: Tensor,
  scale: number,
  sample: (at: (x: number, y: number, c: number) => number, x: number, y: number, c: number) => number,
): Tensor {
  const [, height, width, channels] = input.dims as [number, number, number, number];
  const at = (x: number, y: number, c: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : input.data[(y * width + x) * channels + c]!;
  const dims = [1, height * scale, width * scale, channels];
  const data = new Uint8Array(height * scale * width * scale * channels);
  let i = 0;
  for (let y = 0; y < dims[1]!; y++)
    for (let x = 0; x < dims[2]!; x++)
      for (let c = 0; c < channels; c++) data[i++] = Math.round(sample(at, x, y, c));
  return { dims, data };
}

const imageCard = (id: string): Pick<Card, 'id' | 'inputs' | 'outputs'> => ({
  id,
  inputs: { image: picture() },
  outputs: { image_out: picture() },
});

export const identity = (card: Partial<Card> = {}): FakeModel =>
  fakeModel({ card: { ...imageCard('identity'), ...card }, compute: ({ image }) => ({ image_out: image! }) });

/** 3×3 mean with zeros outside: the borders are darker, so that a tile's border in the middle of a picture shows. */
export const blur = (card: Partial<Card> = {}): FakeModel =>
  fakeModel({
    card: { ...imageCard('blur'), field: 1, ...card },
    compute: ({ image }) => ({ image_out: mapSamples(image!, 1, mean3) }),
  });

const mean3 = (at: (x: number, y: number, c: number) => number, x: number, y: number, c: number): number => {
  let sum = 0;
  for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) sum += at(x + dx, y + dy, c);
  return sum / 9;
};

/** Each pixel as scale² pixels. */
export const nearest = (scale: 2 | 4, card: Partial<Card> = {}): FakeModel =>
  fakeModel({
    card: {
      ...imageCard(`nearest-x${scale}`),
      stage: 'upscale',
      outputs: { image_out: picture(`${scale}h`, `${scale}w`) },
      scale,
      ...card,
    },
    compute: ({ image }) => ({
      image_out: mapSamples(image!, scale, (at, x, y, c) =>
        at(Math.floor(x / scale), Math.floor(y / scale), c),
      ),
    }),
  });

/** A segmentation model that always finds the same: a sample for each place of its mask. */
export function mask(
  shapes: readonly (readonly [number, number])[],
  sample: (x: number, y: number, width: number, height: number) => number,
): FakeModel {
  return fakeModel({
    card: {
      id: 'mask',
      stage: 'segment',
      inputs: { image: picture() },
      outputs: { mask: plane() },
      shapes: shapes.map(([height, width]) => [height, width]),
    },
    compute: ({ image }) => {
      const [, height, width] = image!.dims as [number, number, number];
      const data = new Uint8Array(width * height);
      for (let i = 0; i < data.length; i++) data[i] = sample(i % width, Math.floor(i / width), width, height);
      return { mask: { dims: [1, height, width, 1], data } };
    },
  });
}

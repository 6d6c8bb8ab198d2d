// The helper graphs as plain loops, near enough to the real ones to see whether a stage uses them rightly.
import type { Card } from '../card.ts';
import type { Tensor } from '../stage.ts';
import type { FakeModel } from './fake-models.ts';
import { fakeModel, mapSamples, picture, plane } from './fake-models.ts';

const PICTURE_OUT = { image_out: picture() };
const NUMBER: Card['inputs'][string] = { type: 'float32', shape: [1] };
const PAIR: Card['inputs'][string] = { type: 'int32', shape: [2] };
const MAPS: Card['inputs'][string] = { type: 'float32', shape: ['N', 13, 'mh', 'mw'] };
const WITH_ALPHA = { image: picture(), alpha: plane() };

/** Colour of unseen pixels becomes the mean of their seen neighbours; what is seen stays. */
const bleed = (): FakeModel =>
  fakeModel({
    card: { id: 'bleed', inputs: WITH_ALPHA, outputs: PICTURE_OUT, field: 1 },
    compute: ({ image, alpha }) => {
      const seen = sampler(alpha!);
      const image_out = mapSamples(image!, 1, (at, x, y, c) => {
        if (seen(x, y) > 0) return at(x, y, c);
        let sum = 0;
        let count = 0;
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) {
            if (seen(x + dx, y + dy) === 0) continue;
            sum += at(x + dx, y + dy, c);
            count++;
          }
        return count === 0 ? at(x, y, c) : sum / count;
      });
      return { image_out };
    },
  });

const hide = (): FakeModel =>
  fakeModel({
    card: { id: 'hide', inputs: WITH_ALPHA, outputs: PICTURE_OUT },
    compute: ({ image, alpha }) => ({ image_out: seenOnly(image!, alpha!) }),
  });

const flatten = (): FakeModel =>
  fakeModel({
    card: { id: 'flatten', inputs: WITH_ALPHA, outputs: PICTURE_OUT },
    compute: ({ image, alpha }) => {
      const seen = sampler(alpha!);
      return {
        image_out: mapSamples(image!, 1, (at, x, y, c) => 128 + ((at(x, y, c) - 128) * seen(x, y)) / 255),
      };
    },
  });

const halve = (): FakeModel =>
  fakeModel({
    card: { id: 'halve', inputs: { image: picture('2h', '2w') }, outputs: PICTURE_OUT },
    compute: ({ image }) => {
      const [, height, width] = image!.dims as [number, number, number];
      const small = {
        dims: [1, height / 2, width / 2, 3],
        data: new Uint8Array((height / 2) * (width / 2) * 3),
      };
      const of = sampler(image!);
      const image_out = mapSamples(small, 1, (_, x, y, c) => {
        const [a, b] = [of(2 * x, 2 * y, c) + of(2 * x + 1, 2 * y, c), of(2 * x, 2 * y + 1, c)];
        return (a + b + of(2 * x + 1, 2 * y + 1, c)) / 4;
      });
      return { image_out };
    },
  });

const neutral = (): FakeModel =>
  fakeModel({
    card: { id: 'neutral', inputs: { image: picture() }, outputs: PICTURE_OUT },
    compute: ({ image }) => ({
      image_out: mapSamples(image!, 1, (at, x, y) => (at(x, y, 0) + at(x, y, 1) + at(x, y, 2)) / 3),
    }),
  });

/** Mask times alpha, no smoothing, no snapping; what else is handed in changes nothing. */
const matte = (id: string, further: Card['inputs'] = {}): FakeModel =>
  fakeModel({
    card: {
      id,
      inputs: { image: picture(), mask: plane(), alpha: plane('ah', 'aw'), ...further, smoothing: NUMBER },
      outputs: { cutout: picture(), matte: plane() },
    },
    compute: ({ image, mask, alpha }) => {
      const whole = alpha!.data.length === 1;
      const own = sampler(alpha!);
      const product = mapSamples(
        mask!,
        1,
        (at, x, y) => (at(x, y, 0) * own(whole ? 0 : x, whole ? 0 : y)) / 255,
      );
      return { matte: product, cutout: seenOnly(image!, product) };
    },
  });

/** Empty maps, a quarter as large as what goes in, which must be a multiple of 16. */
const refineWide = (): FakeModel =>
  fakeModel({
    card: {
      id: 'refine-wide',
      inputs: { image: picture(), mask: plane() },
      outputs: { maps: MAPS },
      multiple: 16,
    },
    compute: ({ image, mask }) => {
      const [, height, width] = image!.dims as [number, number, number];
      if (height % 16 || width % 16 || mask!.dims[1] !== height || mask!.dims[2] !== width)
        throw new Error(
          `Expected picture and mask of one size in 16s but received ${image!.dims}, ${mask!.dims}`,
        );
      const dims = [1, 13, height / 4, width / 4];
      return { maps: { dims, data: new Float32Array((13 * height * width) / 16) } };
    },
  });

const refineFine = (): FakeModel => matte('refine-fine', { maps: MAPS, origin: PAIR, size: PAIR });

/** What a box holds at least this much of belongs to the subject. */
const BOX_FROM = 13;

const box = (): FakeModel =>
  fakeModel({
    card: {
      id: 'box',
      inputs: { matte: plane() },
      outputs: { box: { type: 'int32', shape: [4] }, solid: { type: 'int32', shape: [1] } },
    },
    compute: ({ matte: plane }) => {
      const [, height, width] = plane!.dims as [number, number, number];
      let [left, top, right, bottom] = [width, height, 0, 0];
      let solid = 0;
      for (let i = 0; i < plane!.data.length; i++) {
        const level = plane!.data[i]!;
        if (level >= 128) solid++;
        if (level < BOX_FROM) continue;
        const [x, y] = [i % width, Math.floor(i / width)];
        [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
      }
      const found = right > 0 ? [left, top, right, bottom] : [0, 0, 0, 0];
      return {
        box: { dims: [4], data: Int32Array.from(found) },
        solid: { dims: [1], data: Int32Array.of(solid) },
      };
    },
  });

function seenOnly(image: Tensor, alpha: Tensor): Tensor {
  const seen = sampler(alpha);
  return mapSamples(image, 1, (at, x, y, c) => (seen(x, y) > 0 ? at(x, y, c) : 0));
}

/** A tensor's samples by place; 0 outside. */
function sampler({ dims, data }: Tensor): (x: number, y: number, c?: number) => number {
  const [, height, width, channels] = dims as [number, number, number, number];
  return (x, y, c = 0) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * channels + c]!;
}

/** One of each. */
export const fakeHelpers = (): FakeModel[] => [
  bleed(),
  hide(),
  flatten(),
  halve(),
  neutral(),
  matte('matte'),
  refineWide(),
  refineFine(),
  box(),
];

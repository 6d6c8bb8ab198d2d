// Tools for a stage under test: models by id, a resize that takes the nearest pixel, and a record of progress.
import { CutlineError } from '../errors.ts';
import type { Picture, Plane } from '../image/picture.ts';
import type { Model, Resize, TileBudget, Tools } from '../stage.ts';
import { fakeHelpers } from './fake-helpers.ts';

export interface FakeTools extends Tools {
  /** Everything reported so far, in order. */
  readonly reported: readonly { readonly step: string; readonly fraction: number }[];
  /** The fractions of one step. */
  fractions(step: string): number[];
}

export interface FakeToolsOptions {
  readonly models?: readonly Model[];
  readonly tile?: TileBudget;
  readonly signal?: AbortSignal;
}

/** Helper graphs are there already; a model given here goes before a helper of the same id. */
export function fakeTools(options: FakeToolsOptions = {}): FakeTools {
  const models = [...(options.models ?? []), ...fakeHelpers()];
  const reported: { step: string; fraction: number }[] = [];
  return {
    model(id) {
      const model = models.find(({ card }) => card.id === id);
      if (model) return model;
      throw new CutlineError('MODEL_NOT_FOUND', {
        fields: { stage: 'test', model: id, available: models.map(({ card }) => card.id) },
      });
    },
    resize: nearestResize,
    tile: options.tile ?? { maxSide: 512, fixedShapes: false },
    signal: options.signal,
    progress: (step, fraction) => reported.push({ step, fraction }),
    reported,
    fractions: (step) => reported.filter((entry) => entry.step === step).map(({ fraction }) => fraction),
  };
}

/** Like the real one it gives back the very same picture where the size fits already. */
export const nearestResize: Resize = async <P extends Plane | Picture>(
  image: P,
  width: number,
  height: number,
): Promise<P> => {
  if (image.width === width && image.height === height) return image;
  const scaled = { ...image, width, height, data: scale(image, width, height) };
  if (!('alpha' in image) || !image.alpha) return scaled;
  return { ...scaled, alpha: scale({ ...image, channels: 1, data: image.alpha }, width, height) };
};

function scale(plane: Plane, width: number, height: number): Uint8Array<ArrayBuffer> {
  const { channels, data } = plane;
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = [Math.floor((x * plane.width) / width), Math.floor((y * plane.height) / height)];
      const from = (fromY * plane.width + fromX) * channels;
      out.set(data.subarray(from, from + channels), (y * width + x) * channels);
    }
  return out;
}

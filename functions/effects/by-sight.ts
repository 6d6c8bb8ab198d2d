// Graphs that are run only on tiles in which they change what is seen.
import { chain } from '../../shared/image/chain.ts';
import { isEvery } from '../../shared/image/look.ts';
import type { Model, Tensor } from '../../shared/stage.ts';

/** Bleeding colour outward: nothing to do in a tile that is opaque, nothing to take from one that is unseen. */
export function bleedAtEdges(bleed: Model): Model {
  return {
    card: bleed.card,
    async run(inputs, signal) {
      signal?.throwIfAborted();
      if (isAll(inputs.alpha!, 0)) return { image_out: blank(inputs.image!) };
      if (isAll(inputs.alpha!, 255)) return { image_out: inputs.image! };
      return await bleed.run(inputs, signal);
    },
  };
}

/**
 * A look, black where alpha is 0. `left` and `top` are where the planes that are tiled lie in the whole picture:
 * what a look draws by place belongs to that.
 */
export function lookOfSeen(
  look: Model,
  hide: Model,
  { left, top }: { readonly left: number; readonly top: number },
): Model {
  const alone = chain([{ model: look, ratio: 1 }]);
  const hidden = chain([
    { model: look, ratio: 1 },
    { model: hide, ratio: 1 },
  ]);
  return {
    card: hidden.card,
    async run(inputs, signal) {
      signal?.throwIfAborted();
      if (isAll(inputs.alpha!, 0)) return { image_out: blank(inputs.image!) };
      const { origin } = inputs;
      const placed = origin && {
        origin: { ...origin, data: Int32Array.of(origin.data[0]! + left, origin.data[1]! + top) },
      };
      const chosen = isAll(inputs.alpha!, 255) ? alone : hidden;
      return await chosen.run({ ...inputs, ...placed }, signal);
    },
  };
}

function isAll({ data }: Tensor, sample: number): boolean {
  return data instanceof Uint8Array && isEvery(data, sample);
}

function blank({ dims, data }: Tensor): Tensor {
  return { dims, data: new Uint8Array(data.length) };
}

// Several graphs as one: a tile goes through all of them before the next begins, so that no picture of the
// size between is ever whole in memory.
import type { Card } from '../card.ts';
import type { Model, Tensor } from '../stage.ts';

/**
 * Each graph's `image_out` is the next one's `image`; what else one needs it takes from the inputs. Every
 * input must be used by one graph only, because a run takes its buffers with it.
 * @param ratios output side ÷ input side of each graph (a card's scale, or ½)
 */
export function chain(steps: readonly { readonly model: Model; readonly ratio: number }[]): Model {
  return {
    card: chainedCard(steps),
    async run(inputs, signal) {
      let available: Record<string, Tensor> = { ...inputs };
      for (const { model } of steps) {
        const names = Object.keys(model.card.inputs);
        const outputs = await model.run(
          Object.fromEntries(names.map((name) => [name, available[name]!])),
          signal,
        );
        const { image_out: image, ...others } = outputs;
        available = { ...available, ...others, ...(image && { image, image_out: image }) };
      }
      return available;
    },
  };
}

function chainedCard(steps: readonly { readonly model: Model; readonly ratio: number }[]): Card {
  const first = steps[0]!.model.card;
  let scale = 1;
  let field = 0;
  let inputs: Card['inputs'] = {};
  for (const { model, ratio } of steps) {
    field += model.card.field / scale;
    scale *= ratio;
    inputs = { ...model.card.inputs, ...inputs };
  }
  return {
    ...first,
    inputs,
    outputs: steps.at(-1)!.model.card.outputs,
    scale: scale as Card['scale'],
    field: Math.ceil(field),
  };
}

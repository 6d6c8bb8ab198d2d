// The first run at a shape pays for allocations and, on a GPU, for the search of algorithms: it must not be a
// customer's.
import type { Card, TensorSpec } from '../card.ts';
import type { Model, Tensor, TensorData } from '../stage.ts';
import type { DeviceName } from './device.ts';

/** Enough to touch every node; on a CPU a new size costs nothing more. */
const SMALL_SIDE = 64;

/** Runs a model once at every shape that it will be given. */
export async function warmUp(model: Model, device: DeviceName): Promise<void> {
  for (const [height, width] of warmShapes(model.card, device)) {
    const inputs = Object.entries(model.card.inputs).map(([name, spec]): [string, Tensor] => {
      const dims = spec.shape.map((size) => resolve(size, height, width));
      return [name, { dims, data: exampleData(spec, dims) }];
    });
    await model.run(Object.fromEntries(inputs));
  }
}

function warmShapes(card: Card, device: DeviceName): readonly (readonly [number, number])[] {
  const side = Math.ceil(SMALL_SIDE / card.multiple) * card.multiple;
  // A card whose sizes are numbers ignores the shape. Tiles may have any on a CPU; a segmentation net only those it lists.
  const tiled =
    card.stage !== 'segment' && Object.values(card.inputs).some(({ shape }) => shape.includes('h'));
  if (card.shapes && (device !== 'cpu' || !tiled)) return card.shapes;
  return [[side, side]];
}

/** "h" and "w" are the tile's sides, "2h" twice one; any other symbol may be 1. */
function resolve(size: number | string, height: number, width: number): number {
  if (typeof size === 'number') return size;
  const [, factor, side] = /^(\d?)([hw])$/.exec(size) ?? [];
  if (side === undefined) return 1;
  return (side === 'h' ? height : width) * Number(factor || 1);
}

/** The card's example, or ones, because a size of zero is none that a graph could divide by. */
function exampleData({ type, example }: TensorSpec, dims: readonly number[]): TensorData {
  const values = example ?? new Uint8Array(dims.reduce((a, b) => a * b, 1)).fill(1);
  if (type === 'uint8') return Uint8Array.from(values);
  return type === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
}

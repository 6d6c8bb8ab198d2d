// The one tile runner: every stage that works at full size goes through here.
import { CutlineError } from '../errors.ts';
import type { Model, Tensor, TileBudget, Tools } from '../stage.ts';
import type { Mosaic } from './mosaic.ts';
import { createMosaic } from './mosaic.ts';
import type { Plane } from './picture.ts';
import { cut } from './picture.ts';
import type { Tile, TilePlan } from './tiles.ts';
import { planTiles } from './tiles.ts';

export interface TiledRun {
  /** All of one size; cut into tiles. */
  readonly inputs: Readonly<Record<string, Plane>>;
  /** Handed whole to every tile. An input named `origin` is filled in by the runner: [left, top] of the tile. */
  readonly constants?: Readonly<Record<string, Tensor>> | undefined;
  /** Called after each tile with the share done, 0–1. */
  onProgress?(fraction: number): void;
}

export type TileTools = Pick<Tools, 'tile' | 'signal'>;

/** Below this side a tile that does not fit into memory is not halved again. */
const SMALLEST_TILE = 64;

/**
 * Runs a graph over planes of any size and returns its tiled outputs, each `card.scale` times as large.
 * Out of memory, it starts again once with half the tile; any other failing tile fails the whole.
 * @throws what Model.run throws
 */
export async function runTiled(
  model: Model,
  run: TiledRun,
  tools: TileTools,
): Promise<Record<string, Plane>> {
  const rising = { ...run, onProgress: neverBack(run) };
  try {
    return await runOnce(model, rising, tools, tools.tile);
  } catch (error) {
    const outOfMemory = error instanceof CutlineError && error.code === 'GPU_MEMORY_EXHAUSTED';
    const half = Math.floor(tools.tile.maxSide / 2);
    if (!outOfMemory || half < SMALLEST_TILE) throw error;
    return await runOnce(model, rising, tools, { maxSide: half, fixedShapes: tools.tile.fixedShapes });
  }
}

/** Progress that stands still, instead of going back, while a second try does again what the first had done. */
function neverBack(run: TiledRun): (fraction: number) => void {
  let furthest = 0;
  return (fraction) => {
    furthest = Math.max(furthest, fraction);
    run.onProgress?.(furthest);
  };
}

async function runOnce(
  model: Model,
  run: TiledRun & { onProgress(fraction: number): void },
  tools: TileTools,
  { maxSide, mostSide, fixedShapes }: TileBudget,
): Promise<Record<string, Plane>> {
  const { card } = model;
  const { width, height } = Object.values(run.inputs)[0]!;
  const plan = planTiles({
    width,
    height,
    field: card.field,
    blend: card.blend,
    multiple: card.multiple,
    maxSide,
    mostSide,
    shapes: fixedShapes ? shapesWithin(card.shapes, maxSide) : undefined,
  });
  // Asked for before the tiles' own memory: after it the peak is a third higher.
  const mosaics = createMosaics(model, width, height, plan);
  // While one tile is in the model the next is cut and the last one put down.
  let inFlight: { tile: Tile; result: Promise<Record<string, Tensor>> } | undefined;
  for (const [index, tile] of plan.tiles.entries()) {
    const result = model.run(tileInputs(model, run, tile), tools.signal);
    result.catch(() => {}); // Awaited one turn later; a failure before that is not unhandled.
    if (inFlight) addTile(mosaics, inFlight.tile, await inFlight.result);
    if (index > 0) run.onProgress(index / plan.tiles.length);
    inFlight = { tile, result };
  }
  addTile(mosaics, inFlight!.tile, await inFlight!.result);
  run.onProgress(1);
  return Object.fromEntries(Object.entries(mosaics).map(([name, mosaic]) => [name, mosaic.plane]));
}

function createMosaics(model: Model, width: number, height: number, plan: TilePlan): Record<string, Mosaic> {
  const { outputs, scale } = model.card;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { shape }]) => {
      const channels = Number(shape[3]);
      return [name, createMosaic(width, height, channels, scale, plan)];
    }),
  );
}

function tileInputs(model: Model, run: TiledRun, tile: Tile): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const [name, plane] of Object.entries(run.inputs)) inputs[name] = toTensor(cut(plane, tile.box));
  // Model.run takes the buffers with it, so that constants are copied for every tile: they are small.
  for (const [name, tensor] of Object.entries(run.constants ?? {}))
    inputs[name] = { dims: tensor.dims, data: tensor.data.slice() };
  if ('origin' in model.card.inputs)
    inputs.origin = { dims: [2], data: Int32Array.of(tile.box.left, tile.box.top) };
  return inputs;
}

function addTile(mosaics: Record<string, Mosaic>, tile: Tile, outputs: Record<string, Tensor>): void {
  for (const [name, mosaic] of Object.entries(mosaics)) mosaic.add(tile, toPlane(outputs[name]!));
}

function shapesWithin(shapes: readonly (readonly [number, number])[] | undefined, maxSide: number) {
  const all = (shapes ?? []).map(([height, width]) => ({ width, height }));
  const fitting = all.filter(({ width, height }) => width * height <= maxSide * maxSide);
  return fitting.length > 0 ? fitting : undefined;
}

/** [1, height, width, channels]; shares the plane's bytes. */
export function toTensor(plane: Plane): Tensor {
  return { dims: [1, plane.height, plane.width, plane.channels], data: plane.data };
}

/** The plane of a uint8 tensor [1, height, width, channels]; shares its bytes. */
export function toPlane(tensor: Tensor): Plane {
  const [batch, height, width, channels] = tensor.dims;
  if (batch !== 1 || tensor.dims.length !== 4 || !(tensor.data instanceof Uint8Array)) {
    throw new CutlineError('INFERENCE_ERROR', {
      message: `Expected a uint8 tensor [1,h,w,c] but received [${tensor.dims}]`,
    });
  }
  return { width: width!, height: height!, channels: channels!, data: tensor.data };
}

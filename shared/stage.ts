// The stage contract and the ports a stage may use: pixels in, named pixels out. Nothing here knows HTTP,
// a cloud, a clock or a file.
import type { Card } from './card.ts';
import type { Box, Picture, Plane } from './image/picture.ts';

export type TensorData = Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

export interface Tensor {
  readonly dims: readonly number[];
  readonly data: TensorData;
}

export interface Model {
  readonly card: Card;
  /**
   * Runs the graph once. Takes the inputs' buffers with it: they are detached afterwards.
   * @throws GPU_MEMORY_EXHAUSTED, PROCESSING_TIMEOUT, INFERENCE_ERROR, BUSY, CANCELLED
   */
  run(inputs: Record<string, Tensor>, signal?: AbortSignal): Promise<Record<string, Tensor>>;
}

/**
 * Scales to exactly the given size, stretching where the proportions differ. Antialiased when shrinking.
 * Colour is weighted by alpha, so that what lies hidden under transparent pixels never bleeds in.
 * `linear` is the triangle filter that segmentation nets are trained with, `cubic` the one for looks.
 */
export type Resize = <P extends Plane | Picture>(
  image: P,
  width: number,
  height: number,
  kernel: 'linear' | 'cubic',
) => Promise<P>;

/** The largest tile the device should be given, as the side of a square. */
export interface TileBudget {
  readonly maxSide: number;
  /** What it may grow to where the overlap would waste too much of it; absent: not at all. */
  readonly mostSide?: number;
  /** On a GPU: choose from the card's warmed shapes only. */
  readonly fixedShapes: boolean;
}

export interface Tools {
  /** A loaded model or helper graph. @throws MODEL_NOT_FOUND */
  model(id: string): Model;
  readonly resize: Resize;
  readonly tile: TileBudget;
  readonly signal?: AbortSignal | undefined;
  /** What is being worked on and how much of it is done, 0–1. */
  progress(step: string, fraction: number): void;
}

export interface StageResult {
  readonly pictures: Readonly<Record<string, Picture>>;
  /** Where the subject is, in the picture's own pixels. */
  readonly subject?: Box;
  /** Plain sentences about what was decided on the way ("upscaling was skipped because …"). */
  readonly notes?: readonly string[];
}

export type Stage<Options> = (image: Picture, options: Options, tools: Tools) => Promise<StageResult>;

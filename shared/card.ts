// A model's card: what stands beside X.onnx as X.json. One model differs from another by this data alone.
import { z } from 'zod';

export const stageNames = ['upscale', 'segment', 'effects'] as const;
export type StageName = (typeof stageNames)[number];

/** `helper` graphs (bleeding colour, joining a matte …) serve the stages and cannot be chosen by a caller. */
export const modelRoles = [...stageNames, 'helper'] as const;
export type ModelRole = (typeof modelRoles)[number];

/**
 * A dimension is a number, or a symbol: N is the batch, h and w the tile, "2h" twice the tile's height.
 * Anything else is free.
 */
const tensorSchema = z.strictObject({
  type: z.enum(['uint8', 'int32', 'float32']),
  shape: z.array(z.union([z.int().positive(), z.string().regex(/^\d?[A-Za-z]+$/)])),
  /** Values that the graph can be run with; ones where there are none. */
  example: z.array(z.number()).optional(),
});

const fieldsSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9./-]*$/),
  stage: z.enum(modelRoles),
  title: z.string().min(1),
  /** True for the small models that ship with the repository: every answer then says so. */
  preview: z.boolean(),
  licence: z.string().min(1),
  /** Whose it is, where the licence wants that repeated. */
  notice: z.string().min(1).optional(),
  sources: z.array(
    z.strictObject({
      what: z.string(),
      url: z.string().optional(),
      sha256: z.string().optional(),
      licence: z.string(),
    }),
  ),
  /** Over the graph and, where there is one, its external data. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  precision: z.enum(['fp32', 'fp16', 'int8']),
  /** The version that the graph was written for and checked with. */
  onnxruntime: z.string(),
  /** How far onnxruntime may optimise when it opens the graph; `disabled` for graphs optimised when they were baked. */
  optimization: z.enum(['disabled', 'basic', 'extended', 'all']),
  inputs: z.record(z.string(), tensorSchema),
  outputs: z.record(z.string(), tensorSchema),
  /** Output side ÷ input side. */
  scale: z.union([z.literal(1), z.literal(2), z.literal(4)]),
  /** How far, in input pixels, an output pixel can see: the overlap that makes tiled equal untiled. */
  field: z.int().nonnegative(),
  /** Overlap in input pixels for nets whose field no sensible tile can cover; their seams are blended. */
  blend: z.int().positive().optional(),
  /** Sides must be multiples of this (2 for a net that begins with a pixel-unshuffle). */
  multiple: z.int().positive(),
  max_batch: z.int().positive(),
  /** Height × width to warm up at and to choose from; on a GPU every new shape is searched anew. */
  shapes: z.array(z.tuple([z.int().positive(), z.int().positive()])).optional(),
  /** What the check at authoring or bake time measured. */
  check: z.record(z.string(), z.union([z.number(), z.string()])),
});

export const cardSchema = fieldsSchema.superRefine((card, context) => {
  const [, height, width] = card.inputs.image?.shape ?? [];
  const open = typeof height === 'string' || typeof width === 'string';
  if (card.stage === 'segment' && open && !card.shapes?.length) {
    const message = 'Expected at least one height × width because the graph leaves them open';
    context.addIssue({ code: 'custom', path: ['shapes'], message });
  }
  const odd = card.shapes?.find((sides) => sides.some((side) => side % card.multiple !== 0));
  if (odd) {
    const message = `Expected multiples of ${card.multiple} but received ${odd.join('×')}`;
    context.addIssue({ code: 'custom', path: ['shapes'], message });
  }
});

export type Card = z.infer<typeof cardSchema>;
export type TensorSpec = z.infer<typeof tensorSchema>;

// What is measured: a segmentation model at a scale with or without refine, or an upscaler at a scale.
import { createHash } from 'node:crypto';
import { PIPELINE_VERSION, pipeline } from '../../shared/pipeline.ts';
import type { Registry } from '../registry.ts';
import type { EvalArguments, Scale } from './arguments.ts';
import type { Pair } from './find-pairs.ts';

export interface CutContender {
  readonly kind: 'cut';
  readonly model: string;
  readonly sha256: string;
  readonly scale: Scale;
  readonly refine: boolean;
  /** What enlarges the photo before the cut; null at scale 1. */
  readonly upscaler: { readonly id: string; readonly sha256: string } | null;
  readonly graphs: string;
}

export interface UpscaleContender {
  readonly kind: 'upscale';
  readonly model: string;
  readonly sha256: string;
  readonly scale: Scale;
  readonly jpeg: boolean;
  readonly graphs: string;
}

export type Contender = CutContender | UpscaleContender;

/** What every upscaler is held against: the resize that the product has without any model. */
export const BICUBIC = 'bicubic';

export interface Contenders {
  readonly cuts: readonly CutContender[];
  readonly upscales: readonly UpscaleContender[];
}

/** @throws MODEL_NOT_FOUND */
export function chooseContenders(args: EvalArguments, registry: Registry): Contenders {
  const models = chooseModels(registry, 'segment', args.models);
  const judged = chooseModels(registry, 'upscale', args.upscalers);
  const upscaler = judged[0] ?? registry.find('upscale').card;
  const graphs = helperDigest(registry);
  const cuts = models.flatMap((model) =>
    args.scales.flatMap((scale) =>
      (args.unrefined ? [true, false] : [true]).map((refine): CutContender => {
        const enlarger = scale === 1 ? null : { id: upscaler.id, sha256: upscaler.sha256 };
        return {
          kind: 'cut',
          model: model.id,
          sha256: model.sha256,
          scale,
          refine,
          upscaler: enlarger,
          graphs,
        };
      }),
    ),
  );
  const above = args.scales.filter((scale) => scale > 1);
  const enlarged = above.length > 0 ? above : ([2] as const);
  const rivals = judged.length > 0 ? [{ id: BICUBIC, sha256: '' }, ...judged] : [];
  const upscales = rivals.flatMap(({ id, sha256 }) =>
    enlarged.map((scale): UpscaleContender => {
      return { kind: 'upscale', model: id, sha256, scale, jpeg: args.jpeg, graphs };
    }),
  );
  return { cuts, upscales };
}

function chooseModels(
  registry: Registry,
  stage: 'segment' | 'upscale',
  wanted: readonly string[] | 'all' | undefined,
) {
  if (wanted === 'all') return registry.list(stage).map(({ card }) => card);
  if (wanted === undefined) return [registry.find(stage).card];
  // An alias may name a model that is named already.
  return [...new Set(wanted.map((name) => registry.find(stage, name).card))];
}

/** The helper graphs take part in every result: when one changes, so may the figures. */
function helperDigest(registry: Registry): string {
  const ids = new Set(pipeline.flatMap(({ name, helpers }) => (name === 'effects' ? [] : helpers)));
  return digest([...ids].map((id) => registry.helper(id).card.sha256));
}

/** To be raised when a measure's definition changes: figures of before are then not mixed with new ones. */
const DEFINITIONS = 1;

/** Alike only for measurements that would give the same figures. */
export function keyOf(pair: Pair, contender: Contender, other?: CutContender): string {
  const { name, bytes, reference } = pair;
  const files = [name, bytes, reference ? [reference.bytes, reference.labelled] : null];
  return digest([DEFINITIONS, PIPELINE_VERSION, ...files, contender, other ?? null]);
}

/** Mattes that are held against each other where there is no reference: other models, else alike. */
export function rivalPairs(
  cuts: readonly CutContender[],
): readonly (readonly [CutContender, CutContender])[] {
  return cuts.flatMap((a, index) =>
    cuts
      .slice(index + 1)
      .filter((b) => a.model !== b.model && a.scale === b.scale && a.refine === b.refine)
      .map((b) => [a, b] as const),
  );
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

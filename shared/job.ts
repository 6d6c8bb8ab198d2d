// What a caller may ask of a photo: one schema, from which the command line, object metadata and the API derive.
import { z } from 'zod';
import { lookNames, lookOptionsSchema } from '../functions/effects/looks.ts';

export const scales = [1, 2, 4] as const;

/** How an option is written on the command line: `--flag VALUE`, or `--no-flag` for what is on by default. */
export interface CliMeta {
  readonly flag: string;
  readonly value?: string;
  readonly help: string;
  /** As it is written in help texts. */
  readonly default?: string;
}

declare module 'zod' {
  interface GlobalMeta {
    cli?: CliMeta;
  }
}

const scale = z
  .union(scales.map((value) => z.literal(value)))
  .default(2)
  .meta({
    cli: { flag: 'scale', value: '1|2|4', help: 'enlarge by this factor; 1 skips upscaling', default: '2' },
  });

const DEFAULT_LOOKS = ['enhanced-bw', 'color'];

const effects = z
  .array(z.enum(lookNames))
  .default(DEFAULT_LOOKS)
  .meta({
    cli: {
      flag: 'effects',
      value: 'a,b|all|none',
      help: 'print looks to make of the cut-out',
      default: DEFAULT_LOOKS.join(','),
    },
  });

const effectOptions = lookOptionsSchema.default({}).meta({
  cli: {
    flag: 'set',
    value: 'LOOK.PARAMETER=VALUE,…',
    help: 'parameters of looks, such as halftone.pitch=6,duotone.shadow=#402010',
  },
});

const modelId = (flag: string, what: string) =>
  z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ cli: { flag, value: 'ID', help: what, default: 'the best one that is there' } });

const onUnless = (flag: string, help: string) => z.boolean().default(true).meta({ cli: { flag, help } });

export const jobOptionsSchema = z.strictObject({
  scale,
  effects,
  effect_options: effectOptions,
  model: modelId('model', 'segmentation model: an id, or general, product, portrait, anime'),
  upscaler: modelId('upscaler', 'upscaling model'),
  denoise: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({
      cli: {
        flag: 'denoise',
        value: '0–1',
        help: 'how strongly the upscaler removes noise, where it can; the nearest strength that is baked',
        default: 'as the upscaler is',
      },
    }),
  print: z
    .boolean()
    .default(false)
    .meta({ cli: { flag: 'print', help: 'effects at full size; else at about 0.8 megapixels' } }),
  smoothing: onUnless('no-smoothing', 'keep the edge of the matte as the model drew it'),
  refine: onUnless('no-refine', 'do not follow the photo’s own edges'),
  max_dimension: z
    .int()
    .min(64)
    .optional()
    .meta({
      cli: {
        flag: 'max-dimension',
        value: 'N',
        help: 'shrink what the upscaler gets to N pixels on its long side',
      },
    }),
});

export type JobOptions = z.infer<typeof jobOptionsSchema>;

/** Effects are made at about this many pixels unless for print (the brief: 768×1024). */
export const EFFECT_PREVIEW_PIXELS = 768 * 1024;

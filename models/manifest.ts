// The rows of manifest.json: which models are known, in the order in which they are preferred, and what the bake
// makes them of. Whether one is here is the registry's knowledge.
import { z } from 'zod';
import { lookNames } from '../functions/effects/looks.ts';
import type { StageName } from '../shared/card.ts';
import { modelRoles } from '../shared/card.ts';

const idSchema = z.string().regex(/^[a-z0-9][a-z0-9./-]*$/);
const sideSchema = z.int().positive();
const rgbSchema = z.tuple([z.number(), z.number(), z.number()]);

const sourceSchema = z.strictObject({
  what: z.string().min(1),
  url: z.url({ protocol: /^https$/ }),
  /** Null where nobody has published it: the first download then has to be trusted, and says what to pin. */
  sha256: z.hex().length(64).nullable(),
  md5: z.hex().length(32).optional(),
  bytes: z.int().positive().nullable(),
  licence: z.string().min(1),
});

const bakeSchema = z.strictObject({
  format: z.enum(['onnx', 'rrdbnet', 'compact', 'inspyrenet']),
  /** Of two the weights are mixed, `denoise` parts of the first. */
  sources: z.array(sourceSchema).min(1).max(2),
  scale: z.union([z.literal(2), z.literal(4)]).optional(),
  input: z.string().optional(),
  /** By name or place; where it is absent the last, because old exports list temporaries first. */
  output: z.union([z.string(), z.int().nonnegative()]).optional(),
  /** Height × width. */
  shapes: z.array(z.tuple([sideSchema, sideSchema])).optional(),
  mean: rgbSchema.optional(),
  std: rgbSchema.optional(),
  activation: z.enum(['sigmoid', 'none']).optional(),
});

const common = {
  id: idSchema,
  stage: z.enum(modelRoles),
  /** File name without extension, in `builtin/` for those that ship, else in the folder of baked models. */
  file: z.string().regex(/^[a-z0-9.-]+$/),
  /** Other names by which a caller may ask for it. */
  aliases: z.array(idSchema).optional(),
  /** Rows of one family are one network at several strengths of denoising, 0–1. */
  family: idSchema.optional(),
  denoise: z.number().min(0).max(1).optional(),
};

const rowSchema = z.discriminatedUnion('builtin', [
  z.strictObject({ ...common, builtin: z.literal(true) }),
  z.strictObject({
    ...common,
    builtin: z.literal(false),
    title: z.string().min(1).optional(),
    /** Where its authors publish it. */
    project: z.url({ protocol: /^https$/ }).optional(),
    licence: z.string().min(1).optional(),
    /** Whose it is, where the licence wants that repeated. */
    notice: z.string().min(1).optional(),
    /** Absent for a model that its owner puts into the folder. */
    bake: bakeSchema.optional(),
  }),
]);

export type ManifestRow = z.infer<typeof rowSchema>;
export type BakedRow = Extract<ManifestRow, { builtin: false }>;

const rowsSchema = z.array(rowSchema);

const manifestSchema = z.strictObject({
  models: rowsSchema
    .refine((rows) => repeated(rows) === undefined, {
      error: ({ input }) =>
        `Expected each name once but received '${repeated(input as z.infer<typeof rowsSchema>)}' twice`,
    })
    .refine((rows) => rows.every((row) => (row.family === undefined) === (row.denoise === undefined)), {
      error: 'Expected family and denoise together',
    }),
});

/** The looks' own table names them; their graphs ship under their names. */
const lookRows = lookNames.map((id): ManifestRow => ({ id, stage: 'effects', file: id, builtin: true }));

/** @param json of manifest.json; the looks are added. @throws ZodError */
export function parseManifest(json: unknown): readonly ManifestRow[] {
  return [...manifestSchema.parse(json).models, ...lookRows];
}

/** Ids and aliases. */
export function namesOf({ id, aliases = [] }: ManifestRow): readonly string[] {
  return [id, ...aliases];
}

/** Of all the files that the bake fetches; null where one's size is not known, or there is none. */
export function downloadBytes({ bake }: BakedRow): number | null {
  const sizes = bake?.sources.map(({ bytes }) => bytes) ?? [null];
  return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
}

function repeated(rows: readonly ManifestRow[]): string | undefined {
  const names = rows.flatMap(namesOf);
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** How the full models of these stages are got: the first of each that can be baked; undefined where none can. */
export function bakeCommand(rows: readonly ManifestRow[], stages: readonly StageName[]): string | undefined {
  const best = stages.map((stage) => rows.find((row) => row.stage === stage && !row.builtin && row.bake));
  const ids = best.flatMap((row) => row?.id ?? []);
  return ids.length > 0 ? `npm run bake -- ${ids.join(' ')}` : undefined;
}

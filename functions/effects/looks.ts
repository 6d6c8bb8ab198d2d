// The print looks and their parameters: one table (looks.json), which the schema of options, the command's help,
// the README and the Python that writes the graphs share.
import { z } from 'zod';
import { parseColour } from '../../shared/colour.ts';
import type { Tensor } from '../../shared/stage.ts';
import table from './looks.json' with { type: 'json' };

export interface NumberParameter {
  readonly type: 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly unit?: string;
  readonly help: string;
}

export interface ColourParameter {
  readonly type: 'colour';
  /** `#rrggbb` */
  readonly default: string;
  readonly help: string;
}

export type Parameter = NumberParameter | ColourParameter;

export interface Look {
  readonly title: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
}

export const looks = table as Readonly<Record<string, Look>>;
export const lookNames = Object.keys(looks);

/** `{halftone: {pitch: 6}}`: what differs from the defaults. */
export type LookOptions = Readonly<Record<string, LookChoice | undefined>>;
type LookChoice = Readonly<Record<string, number | string | undefined>>;

const colourSchema = z
  .string()
  .refine((text) => parseColour(text) !== undefined, 'Expected a colour as #rrggbb');

function parameterSchema(parameter: Parameter) {
  if (parameter.type === 'colour') return colourSchema.optional();
  return z.number().min(parameter.min).max(parameter.max).optional();
}

/** Each look's parameters within their ranges, and no others. */
export const lookOptionsSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(looks).map(([name, { parameters }]) => {
      const shape = Object.fromEntries(
        Object.entries(parameters).map(([key, entry]) => [key, parameterSchema(entry)]),
      );
      return [name, z.strictObject(shape).optional()];
    }),
  ),
);

/** A look's parameters as its graph takes them: numbers as [1], colours as red, green, blue 0–1 in [3]. */
export function lookInputs(name: string, chosen: LookChoice = {}): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const [key, parameter] of Object.entries(looks[name]?.parameters ?? {})) {
    const value = chosen[key] ?? parameter.default;
    const data =
      parameter.type === 'number'
        ? Float32Array.of(Number(value))
        : Float32Array.from(parseColour(String(value))!, (sample) => sample / 255);
    inputs[key] = { dims: [data.length], data };
  }
  return inputs;
}

/** A range and default in words, for help and documents: `0–1, 0.5` or `#1b1f4b`. */
export function describeParameter(parameter: Parameter): string {
  if (parameter.type === 'colour') return `colour, ${parameter.default}`;
  const unit = parameter.unit ? ` ${parameter.unit}` : '';
  return `${parameter.min}–${parameter.max}${unit}, ${parameter.default}`;
}

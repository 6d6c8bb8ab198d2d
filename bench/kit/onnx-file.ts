// Writes ONNX graphs whose weights lie beside them, as baked models have it. Protobuf is numbered fields, each a number
// or bytes of a known length: https://onnx.ai/onnx/repo-docs/IR.html
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { finished } from 'node:stream/promises';

export const UINT8 = 2;
export const FLOAT = 1;

type Part = Uint8Array<ArrayBuffer>;
/** A number, or a symbol for what a run may choose. */
export type Shape = readonly (number | string)[];
export type AttributeValue = number | readonly number[] | string;

export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Samples lie evenly between −spread and spread. */
  readonly spread: number;
}

export interface GraphWriter {
  /** @returns the name of its output */
  op(
    kind: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
    output?: string,
  ): string;
  /** Chance values, in the data file. @returns its name */
  weight(shape: readonly number[], spread: number): string;
  /** Values in the graph itself. @returns its name */
  constant(values: readonly number[], shape: readonly number[]): string;
}

export interface GraphSpec {
  readonly input: { readonly name: string; readonly shape: Shape };
  readonly output: { readonly name: string; readonly shape: Shape };
  /** Of both: UINT8 where it is left out. */
  readonly type?: number;
  /** Ends with an op that has the output's name. */
  build(graph: GraphWriter): void;
}

export interface WrittenGraph {
  /** Of graph and data together. */
  readonly bytes: number;
  readonly sha256: string;
  readonly parameters: number;
}

/** Weights start at multiples of this, so that they can be mapped into memory. */
const ALIGNMENT = 4096;
const OPSET = 20;
const IR_VERSION = 10;
/** So many different samples are drawn; they repeat. */
const SAMPLES = 1 << 20;

/** @param base path without extension: X.onnx and X.data are written */
export async function writeGraph(base: string, spec: GraphSpec): Promise<WrittenGraph> {
  const nodes: Part[] = [];
  const constants: Part[] = [];
  const weights: (Weight & { readonly offset: number; readonly bytes: number })[] = [];
  let end = 0;
  spec.build({
    op(kind, inputs, attributes = {}, output = `t${nodes.length}`) {
      nodes.push(node(kind, inputs, output, attributes));
      return output;
    },
    weight(shape, spread) {
      const name = `w${weights.length}`;
      const bytes = 4 * shape.reduce((a, b) => a * b, 1);
      weights.push({ name, shape, spread, offset: end, bytes });
      end = Math.ceil((end + bytes) / ALIGNMENT) * ALIGNMENT;
      return name;
    },
    constant(values, shape) {
      const name = `c${constants.length}`;
      constants.push(bytes(5, tensor(name, shape, bytes(9, raw(Float32Array.from(values))))));
      return name;
    },
  });
  const data = `${basename(base)}.data`;
  const outside = weights.map(({ name, shape, offset, bytes: length }) =>
    bytes(5, tensor(name, shape, external(data, offset, length))),
  );
  const graph = message(
    ...nodes,
    bytes(2, 'bench'),
    ...constants,
    ...outside,
    bytes(11, valueInfo(spec.input.name, spec.input.shape, spec.type)),
    bytes(12, valueInfo(spec.output.name, spec.output.shape, spec.type)),
  );
  const model = message(
    varint(1, IR_VERSION),
    bytes(7, graph),
    bytes(8, message(bytes(1, ''), varint(2, OPSET))),
  );
  await writeFile(`${base}.onnx`, model);
  const hash = createHash('sha256').update(model);
  const written = await writeWeights(`${base}.data`, weights, (chunk) => hash.update(chunk));
  const parameters = weights.reduce((sum, weight) => sum + weight.bytes / 4, 0);
  return { bytes: model.byteLength + written, sha256: hash.digest('hex'), parameters };
}

async function writeWeights(
  path: string,
  weights: readonly (Weight & { readonly offset: number; readonly bytes: number })[],
  seen: (chunk: Uint8Array) => void,
): Promise<number> {
  const chance = samples();
  const file = createWriteStream(path);
  let at = 0;
  for (const { spread, offset, bytes: length } of weights) {
    const chunk = new Uint8Array(offset - at + length);
    const values = new Float32Array(chunk.buffer.slice(offset - at));
    for (let i = 0; i < values.length; i++) values[i] = chance[i % SAMPLES]! * spread;
    chunk.set(new Uint8Array(values.buffer), offset - at);
    seen(chunk);
    if (!file.write(chunk)) await new Promise<void>((resolve) => file.once('drain', () => resolve()));
    at = offset + length;
  }
  file.end();
  await finished(file);
  return at;
}

/** The same each time (mulberry32), between −1 and 1. */
function samples(): Float32Array {
  let state = 7;
  return Float32Array.from({ length: SAMPLES }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

function node(
  kind: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, AttributeValue>>,
): Part {
  const written = Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value)));
  return bytes(
    1,
    message(...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(4, kind), ...written),
  );
}

const INT_ATTRIBUTE = 2;
const STRING_ATTRIBUTE = 3;
const INTS_ATTRIBUTE = 7;

function attribute(name: string, value: AttributeValue): Part {
  if (typeof value === 'string')
    return message(bytes(1, name), bytes(4, value), varint(20, STRING_ATTRIBUTE));
  if (typeof value === 'number') return message(bytes(1, name), varint(3, value), varint(20, INT_ATTRIBUTE));
  return message(bytes(1, name), ...value.map((one) => varint(8, one)), varint(20, INTS_ATTRIBUTE));
}

function tensor(name: string, shape: readonly number[], content: Part): Part {
  return message(...shape.map((size) => varint(1, size)), varint(2, FLOAT), bytes(8, name), content);
}

function external(location: string, offset: number, length: number): Part {
  const entries = Object.entries({ location, offset: `${offset}`, length: `${length}` });
  const EXTERNAL = 1;
  return message(
    ...entries.map(([key, value]) => bytes(13, message(bytes(1, key), bytes(2, value)))),
    varint(14, EXTERNAL),
  );
}

function valueInfo(name: string, shape: Shape, type: number = UINT8): Part {
  const sides = shape.map((size) => bytes(1, typeof size === 'number' ? varint(1, size) : bytes(2, size)));
  return message(bytes(1, name), bytes(2, bytes(1, message(varint(1, type), bytes(2, message(...sides))))));
}

function message(...parts: readonly Part[]): Part {
  return new Uint8Array(Buffer.concat(parts));
}

function bytes(field: number, content: Part | string): Part {
  const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return message(digits(field * 8 + 2), digits(data.byteLength), data);
}

function varint(field: number, value: number): Part {
  return message(digits(field * 8), digits(value));
}

/** Seven bits each, the lowest first. */
function digits(value: number): Part {
  const found: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return new Uint8Array([...found, rest]);
    found.push((rest % 128) + 128);
  }
}

function raw(values: Float32Array<ArrayBuffer>): Part {
  return new Uint8Array(values.buffer);
}

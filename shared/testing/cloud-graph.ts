// A segmentation model that takes as long as a test wants, in a folder as baked models lie in: a real graph for the real
// worker. It finds everything; what it is given at warm-up is black but for ones, so that it can tell a photo from that.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Card } from '../card.ts';

export interface SpinningModel {
  /** What MODELS_DIR wants. */
  readonly folder: string;
  readonly id: string;
}

/** A turn takes about a microsecond, on any machine less than ten. */
export interface Turns {
  readonly atWarmUp: number;
  readonly perPhoto: number;
}

/** More than anybody waits for. */
export const ENDLESS = 2 ** 50;

/** A known model, so that the manifest has a row for it. */
const ID = 'u2netp';
const SIDE = 64;

/** Gone with the process that asked for it. */
export async function bakeSpinningModel({ atWarmUp, perPhoto }: Turns): Promise<SpinningModel> {
  const graph = spinningGraph(atWarmUp, perPhoto);
  const tensor = (channels: number) => ({ type: 'uint8' as const, shape: [1, SIDE, SIDE, channels] });
  const card: Card = {
    id: ID,
    stage: 'segment',
    title: 'a network that turns on the spot',
    preview: true,
    licence: 'MIT',
    sources: [],
    sha256: createHash('sha256').update(graph).digest('hex'),
    bytes: graph.byteLength,
    precision: 'fp32',
    onnxruntime: '1.26.0',
    optimization: 'disabled',
    inputs: { image: tensor(3) },
    outputs: { mask: tensor(1) },
    scale: 1,
    field: 0,
    multiple: 1,
    max_batch: 1,
    shapes: [[SIDE, SIDE]],
    check: {},
  };
  const folder = await mkdtemp(join(tmpdir(), 'cutline-spinning-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await writeFile(join(folder, `${ID}.onnx`), graph);
  await writeFile(join(folder, `${ID}.json`), JSON.stringify(card));
  return { folder, id: ID };
}

// ONNX is protobuf: numbered fields, each a number or bytes of a known length. https://onnx.ai/onnx/repo-docs/IR.html
const FLOAT = 1;
const UINT8 = 2;
const INT64 = 7;
const BOOL = 9;
const GRAPH_ATTRIBUTE = 5;
const INT_ATTRIBUTE = 2;

function spinningGraph(atWarmUp: number, perPhoto: number): Uint8Array<ArrayBuffer> {
  const body = message(
    node('Identity', ['go_on'], ['goes_on']),
    node('Add', ['turned', 'one'], ['turned_on']),
    bytes(2, 'turn'),
    bytes(11, value('turn', INT64, []), value('go_on', BOOL, []), value('turned', FLOAT, [])),
    bytes(12, value('goes_on', BOOL, []), value('turned_on', FLOAT, [])),
  );
  const graph = message(
    node('Cast', ['image'], ['samples'], number('to', FLOAT)),
    node('ReduceMax', ['samples'], ['brightest'], number('keepdims', 0)),
    node('Greater', ['brightest', 'one'], ['is_photo']),
    node('Where', ['is_photo', 'per_photo', 'at_warm_up'], ['turns']),
    node(
      'Loop',
      ['turns', 'yes', 'zero'],
      ['turned_in_all'],
      bytes(5, attribute('body', GRAPH_ATTRIBUTE, bytes(6, body))),
    ),
    node('ReduceMax', ['samples', 'channels'], ['plane'], number('keepdims', 1)),
    node('Max', ['plane', 'white'], ['all']),
    // Without it nobody would need the loop.
    node('Mul', ['turned_in_all', 'zero'], ['nothing']),
    node('Add', ['all', 'nothing'], ['found']),
    node('Cast', ['found'], ['mask'], number('to', UINT8)),
    bytes(2, 'spins'),
    bytes(
      5,
      constant('zero', FLOAT, new Float32Array([0])),
      constant('one', FLOAT, new Float32Array([1])),
      constant('white', FLOAT, new Float32Array([255])),
      constant('yes', BOOL, new Uint8Array([1])),
      constant('at_warm_up', INT64, new BigInt64Array([BigInt(atWarmUp)])),
      constant('per_photo', INT64, new BigInt64Array([BigInt(perPhoto)])),
      constant('channels', INT64, new BigInt64Array([3n]), [1]),
    ),
    bytes(11, value('image', UINT8, [1, SIDE, SIDE, 3])),
    bytes(12, value('mask', UINT8, [1, SIDE, SIDE, 1])),
  );
  const IR_VERSION = 10;
  const OPSET = 20;
  return message(varint(1, IR_VERSION), bytes(7, graph), bytes(8, message(bytes(1, ''), varint(2, OPSET))));
}

type Part = Uint8Array<ArrayBuffer>;

function message(...parts: readonly Part[]): Part {
  return new Uint8Array(Buffer.concat(parts));
}

/** One field of bytes, or several of the same number. */
function bytes(field: number, ...contents: readonly (Part | string)[]): Part {
  const write = (content: Part | string): Part => {
    const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    return message(digits(field * 8 + 2), digits(data.byteLength), data);
  };
  return message(...contents.map(write));
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

function node(
  kind: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: Part[]
): Part {
  return bytes(1, message(bytes(1, ...inputs), bytes(2, ...outputs), bytes(4, kind), ...attributes));
}

function attribute(name: string, type: number, content: Part): Part {
  return message(bytes(1, name), content, varint(20, type));
}

function number(name: string, value: number): Part {
  return bytes(5, attribute(name, INT_ATTRIBUTE, varint(3, value)));
}

function constant(
  name: string,
  type: number,
  data: NodeJS.TypedArray<ArrayBuffer>,
  dims: readonly number[] = [],
): Part {
  const raw = new Uint8Array(data.buffer);
  return message(...dims.map((size) => varint(1, size)), varint(2, type), bytes(8, name), bytes(9, raw));
}

function value(name: string, type: number, shape: readonly number[]): Part {
  const sides = shape.map((size) => bytes(1, varint(1, size)));
  return message(bytes(1, name), bytes(2, bytes(1, message(varint(1, type), bytes(2, message(...sides))))));
}

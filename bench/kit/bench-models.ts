// Models that nobody has to download: of the size and the cost that a benchmark wants, with weights by chance. Made once,
// kept under .cache/bench, in folders as MODELS_DIR wants them.
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Card } from '../../shared/card.ts';
import type { GraphSpec, GraphWriter } from './onnx-file.ts';
import { FLOAT, UINT8, writeGraph } from './onnx-file.ts';

/** The manifest has rows for them, so that every service finds them. */
export const BENCH_MODEL = 'birefnet-general';
export const BENCH_UPSCALER = 'realesrgan-x2plus';
const SIDE = 1024;

export type BenchModel = 'birefnet-cost' | 'nine-hundred-mb' | 'rrdbnet-cost' | 'cheap';
type Written = Awaited<ReturnType<typeof writeGraph>>;

interface Kind {
  readonly id: string;
  readonly graph: GraphSpec;
  card(written: Written): Card;
}

const kinds: Readonly<Record<BenchModel, Kind>> = {
  'birefnet-cost': segmenter('as costly as BiRefNet', costly),
  'nine-hundred-mb': segmenter('as large as BiRefNet and no work', large),
  'rrdbnet-cost': upscaler(),
  cheap: segmenter('a 1024² network of no cost', cheap),
};

/** Raised when a graph changes, so that an old one is not measured. */
const VERSION = 1;

/** @returns the folder of graph, data and card */
export async function benchModel(
  kind: BenchModel,
  say: (line: string) => void = console.error,
): Promise<string> {
  const { id, graph, card } = kinds[kind];
  const folder = fileURLToPath(new URL(`../../.cache/bench/${kind}-${VERSION}/`, import.meta.url));
  const path = join(folder, `${id}.json`);
  if (await stat(path).catch(() => undefined)) return folder;
  say(`Making the model ${kind} in ${folder}, once`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const written = await writeGraph(join(folder, id), graph);
  // Last: what has a card is whole.
  await writeFile(path, JSON.stringify(card(written), null, 2));
  return folder;
}

/** The network of `cheap` as its authors would publish it: floats in and out. @returns the graph */
export async function floatModel(folder: string): Promise<string> {
  const base = join(folder, 'cheap-float');
  await writeGraph(base, {
    input: { name: 'input', shape: [1, 3, SIDE, SIDE] },
    output: { name: 'output', shape: [1, 1, SIDE, SIDE] },
    type: FLOAT,
    build: (graph) => void graph.op('Sigmoid', [cheap(graph, 'input')], {}, 'output'),
  });
  return `${base}.onnx`;
}

function chanceCard({ sha256, bytes, parameters }: Written) {
  return {
    preview: true,
    licence: 'MIT',
    sources: [],
    sha256,
    bytes,
    precision: 'fp32' as const,
    onnxruntime: '1.26.0',
    optimization: 'all' as const,
    field: 0,
    max_batch: 1,
    check: { parameters },
  };
}

function segmenter(what: string, build: (graph: GraphWriter, photo: string) => string): Kind {
  const size = (channels: number) => ['N', SIDE, SIDE, channels];
  return {
    id: BENCH_MODEL,
    graph: {
      input: { name: 'image', shape: size(3) },
      output: { name: 'mask', shape: size(1) },
      build: (graph) => bytesOut(graph, graph.op('Sigmoid', [build(graph, bytesIn(graph))]), 'mask'),
    },
    card: (written) => ({
      ...chanceCard(written),
      id: BENCH_MODEL,
      stage: 'segment',
      title: `${what}, weights by chance: for measurements only`,
      inputs: { image: { type: 'uint8', shape: size(3) } },
      outputs: { mask: { type: 'uint8', shape: size(1) } },
      scale: 1,
      multiple: 1,
      shapes: [[SIDE, SIDE]],
    }),
  };
}

function upscaler(): Kind {
  return {
    id: BENCH_UPSCALER,
    graph: {
      input: { name: 'image', shape: ['N', 'h', 'w', 3] },
      output: { name: 'image_out', shape: ['N', '2h', '2w', 3] },
      build: (graph) => bytesOut(graph, rrdbnet(graph, bytesIn(graph)), 'image_out'),
    },
    card: (written) => ({
      ...chanceCard(written),
      id: BENCH_UPSCALER,
      stage: 'upscale',
      title: 'RRDBNet ×2 with weights by chance: for measurements only',
      inputs: { image: { type: 'uint8', shape: ['N', 'h', 'w', 3] } },
      outputs: { image_out: { type: 'uint8', shape: ['N', '2h', '2w', 3] } },
      scale: 2,
      multiple: 2,
      // As the bake writes them for a net whose field no tile can cover.
      blend: 64,
      shapes: [
        [256, 256],
        [256, 512],
        [512, 256],
        [512, 512],
      ],
    }),
  };
}

/** The input's bytes as planes between 0 and 2. */
function bytesIn(graph: GraphWriter): string {
  const planes = graph.op('Transpose', [graph.op('Cast', ['image'], { to: FLOAT })], { perm: [0, 3, 1, 2] });
  return graph.op('Mul', [planes, graph.constant([1 / 128], [1])]);
}

/** Planes between 0 and 1 as the output's bytes. */
function bytesOut(graph: GraphWriter, planes: string, output: string): void {
  const levels = graph.op('Mul', [planes, graph.constant([255], [1])]);
  graph.op('Transpose', [graph.op('Cast', [levels], { to: UINT8 })], { perm: [0, 2, 3, 1] }, output);
}

/**
 * A backbone of Swin-L's widths and depths whose blocks have its products but no attention, and a decoder at a quarter of
 * the side: 1.10 · 10¹² multiplications and 235 million parameters; BiRefNet's authors count 1.14 · 10¹² and 221 million
 * (github.com/ZhengPeng7/BiRefNet, 1024×1024 with Swin-L).
 */
function costly(graph: GraphWriter, photo: string): string {
  let width = 192;
  let features = convolve(graph, photo, { from: 3, to: width, side: 4, stride: 4 });
  for (const [level, blocks] of [2, 2, 24, 2].entries()) {
    if (level > 0) {
      features = convolve(graph, features, { from: width, to: 2 * width, side: 2, stride: 2 });
      width *= 2;
    }
    for (let block = 0; block < blocks; block++) {
      const wide = graph.op('Relu', [convolve(graph, features, { from: width, to: 6 * width, side: 1 })]);
      features = graph.op('Add', [
        features,
        convolve(graph, wide, { from: 6 * width, to: width, side: 1, gain: 0.1 }),
      ]);
    }
  }
  let decoded = enlarge(graph, convolve(graph, features, { from: width, to: 256, side: 1 }), 8);
  for (let layer = 0; layer < 6; layer++)
    decoded = graph.op('Relu', [convolve(graph, decoded, { from: 256, to: 256, side: 3 })]);
  return enlarge(graph, convolve(graph, decoded, { from: 256, to: 1, side: 1 }), 4);
}

/** 228 convolutions of 1024 × 1024 on a picture of 4×4: all weights and no work. */
function large(graph: GraphWriter, photo: string): string {
  const seen = graph.op('Relu', [convolve(graph, photo, { from: 3, to: 8, side: 5, pad: 2 })]);
  let deep = graph.op('AveragePool', [seen], { kernel_shape: [256, 256], strides: [256, 256] });
  deep = convolve(graph, deep, { from: 8, to: 1024, side: 1 });
  for (let layer = 0; layer < 228; layer++) deep = convolve(graph, deep, { from: 1024, to: 1024, side: 1 });
  const spread = enlarge(graph, convolve(graph, deep, { from: 1024, to: 8, side: 1 }), 256);
  return convolve(graph, graph.op('Add', [seen, spread]), { from: 8, to: 1, side: 1 });
}

/** Real-ESRGAN's network for ×2: 23 blocks of three times five convolutions that see all before them, 64 features. */
function rrdbnet(graph: GraphWriter, photo: string): string {
  const small = graph.op('SpaceToDepth', [photo], { blocksize: 2 });
  const first = convolve(graph, small, { from: 12, to: 64, side: 3 });
  let features = first;
  for (let block = 0; block < 23; block++) {
    let inner = features;
    for (let dense = 0; dense < 3; dense++) inner = graph.op('Add', [inner, denseBlock(graph, inner)]);
    features = graph.op('Add', [features, inner]);
  }
  features = graph.op('Add', [first, convolve(graph, features, { from: 64, to: 64, side: 3, gain: 0.1 })]);
  for (let time = 0; time < 2; time++)
    features = graph.op('Relu', [
      convolve(graph, enlarge(graph, features, 2), { from: 64, to: 64, side: 3 }),
    ]);
  features = graph.op('Relu', [convolve(graph, features, { from: 64, to: 64, side: 3 })]);
  return graph.op('Sigmoid', [convolve(graph, features, { from: 64, to: 3, side: 3 })]);
}

function denseBlock(graph: GraphWriter, input: string): string {
  const seen = [input];
  for (let layer = 0; layer < 4; layer++) {
    const all = seen.length > 1 ? graph.op('Concat', seen, { axis: 1 }) : input;
    seen.push(graph.op('Relu', [convolve(graph, all, { from: 64 + layer * 32, to: 32, side: 3 })]));
  }
  return convolve(graph, graph.op('Concat', seen, { axis: 1 }), { from: 192, to: 64, side: 3, gain: 0.01 });
}

function cheap(graph: GraphWriter, photo: string): string {
  const seen = graph.op('Relu', [convolve(graph, photo, { from: 3, to: 8, side: 5 })]);
  return convolve(graph, seen, { from: 8, to: 1, side: 1 });
}

interface Convolution {
  readonly from: number;
  readonly to: number;
  readonly side: number;
  readonly stride?: number;
  readonly pad?: number;
  readonly gain?: number;
}

/** Weights of a spread that neither fades nor grows: numbers too small to be normal ones are slow. */
function convolve(graph: GraphWriter, input: string, layer: Convolution): string {
  const { from, to, side, stride = 1, gain = 1 } = layer;
  const pad = layer.pad ?? (stride === 1 ? (side - 1) / 2 : 0);
  const weight = graph.weight([to, from, side, side], gain * Math.sqrt(3 / (from * side * side)));
  return graph.op('Conv', [input, weight], {
    kernel_shape: [side, side],
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
  });
}

function enlarge(graph: GraphWriter, input: string, times: number): string {
  return graph.op('Resize', [input, '', graph.constant([1, 1, times, times], [4])], {
    mode: 'nearest',
    nearest_mode: 'floor',
    coordinate_transformation_mode: 'asymmetric',
  });
}

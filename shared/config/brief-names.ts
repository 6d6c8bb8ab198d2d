// The names that the brief gives to settings, read as ours. Where both are set, ours wins.
import type { Environment, VariableName } from './variables.ts';
import { configVariables } from './variables.ts';

/** What the README says of each. */
export const briefNames = {
  STORAGE_BUCKET: 'RESULTS_BUCKET, and UPLOADS_BUCKET',
  INSPIRENET_MODE: 'SEGMENT_MODELS: base, fast or base-nightly (which is taken as base)',
  INSPIRENET_RESIZE: 'SEGMENT_MODELS: dynamic keeps the photo’s proportions, static does not',
  BIREFNET_MODEL_PATH: 'MODELS_DIR by its folder, SEGMENT_MODELS by its name',
  BIREFNET_USE_TENSORRT: 'DEVICE: true puts tensorrt before cuda',
  BIREFNET_DEVICE: 'DEVICE: cuda or cpu',
  BIREFNET_BATCH_SIZE: 'BATCH_SIZE',
  BIREFNET_MAX_IMAGE_SIZE_MB: 'MAX_IMAGE_SIZE_MB',
  BIREFNET_MAX_MEGAPIXELS: 'MAX_MEGAPIXELS',
  BIREFNET_PROCESSING_TIMEOUT_SEC: 'PROCESSING_TIMEOUT_SEC',
  BIREFNET_RATE_LIMIT_PER_MINUTE: 'RATE_LIMIT_PER_MINUTE',
  BIREFNET_RATE_LIMIT_PER_SECOND: 'RATE_LIMIT_PER_SECOND',
  BIREFNET_NUM_WORKERS: 'nothing: one thread feeds the models',
  BIREFNET_PIN_MEMORY: 'nothing: the runtime owns its memory',
  BIREFNET_CUDNN_BENCHMARK: 'nothing: the runtime searches for every shape at start',
  LOG_FILE: 'nothing: lines go to standard output',
  PYTORCH_CUDA_ALLOC_CONF: 'nothing: there is no PyTorch',
  CUDA_LAUNCH_BLOCKING: 'nothing: there is no PyTorch',
} as const satisfies Record<string, string>;

export type BriefName = keyof typeof briefNames;

/** Names that differ and mean the same. */
const renamed = {
  STORAGE_BUCKET: ['RESULTS_BUCKET', 'UPLOADS_BUCKET'],
  BIREFNET_BATCH_SIZE: ['BATCH_SIZE'],
  BIREFNET_MAX_IMAGE_SIZE_MB: ['MAX_IMAGE_SIZE_MB'],
  BIREFNET_MAX_MEGAPIXELS: ['MAX_MEGAPIXELS'],
  BIREFNET_PROCESSING_TIMEOUT_SEC: ['PROCESSING_TIMEOUT_SEC'],
  BIREFNET_RATE_LIMIT_PER_MINUTE: ['RATE_LIMIT_PER_MINUTE'],
  BIREFNET_RATE_LIMIT_PER_SECOND: ['RATE_LIMIT_PER_SECOND'],
} as const satisfies Partial<Record<BriefName, readonly VariableName[]>>;

/** File names of BiRefNet's authors, in lower case and without an ending. */
const checkpoints: Readonly<Record<string, string>> = {
  'birefnet-general': 'birefnet-general',
  'birefnet-general-epoch_244': 'birefnet-general',
  'birefnet-portrait': 'birefnet-portrait',
  'birefnet-portrait-epoch_150': 'birefnet-portrait',
  'birefnet-matting': 'birefnet-matting',
  'birefnet-matting-epoch_100': 'birefnet-matting',
  'birefnet-lite': 'birefnet-lite',
  'birefnet-general-lite': 'birefnet-lite',
  'birefnet-general-bb_swin_v1_tiny-epoch_232': 'birefnet-lite',
};

interface Setting {
  readonly text: string;
  /** The variable that was set, for messages. */
  readonly from: string;
}

export interface Translation {
  /** What is set, under our names. */
  readonly settings: ReadonlyMap<VariableName, Setting>;
  readonly problems: string[];
  readonly notices: string[];
}

/** Blank is not set. */
export function translateBriefNames(env: Environment): Translation {
  const settings = new Map<VariableName, Setting>();
  const problems: string[] = [];
  const notices: string[] = [];
  const textOf = (name: string): string | undefined => env[name]?.trim() || undefined;
  const lower = (name: BriefName): string | undefined => textOf(name)?.toLowerCase();

  for (const name of Object.keys(configVariables) as VariableName[]) {
    const text = textOf(name);
    if (text !== undefined) settings.set(name, { text, from: name });
  }
  for (const [from, names] of Object.entries(renamed) as [BriefName, readonly VariableName[]][]) {
    for (const name of names) offer(name, textOf(from), from);
  }
  const checkpoint = readCheckpoint();
  offer('MODELS_DIR', checkpoint?.folder, 'BIREFNET_MODEL_PATH');
  offerModels(checkpoint?.model, readInspyrenet());
  offer('DEVICE', readDevice(), textOf('BIREFNET_DEVICE') ? 'BIREFNET_DEVICE' : 'BIREFNET_USE_TENSORRT');
  for (const [name, meaning] of Object.entries(briefNames) as [BriefName, string][]) {
    if (textOf(name) === undefined || !meaning.startsWith('nothing: ')) continue;
    notices.push(`${name} has no effect: ${meaning.slice('nothing: '.length)}`);
  }
  return { settings, problems, notices };

  function offer(name: VariableName, text: string | undefined, ...from: readonly BriefName[]): void {
    if (text === undefined) return;
    if (textOf(name) === undefined) settings.set(name, { text, from: from.join(' and ') });
    else notices.push(`${name} is set and wins over ${from.join(' and ')}`);
  }

  /** One of a closed set, in lower case. */
  function choice<Name extends string>(name: BriefName, names: readonly Name[]): Name | undefined {
    const text = lower(name);
    const found = names.find((known) => known === text);
    if (text !== undefined && found === undefined)
      problems.push(`${name}: expected one of ${names.join(', ')} but received '${textOf(name)}'`);
    return found;
  }

  function readCheckpoint(): { readonly folder: string; readonly model: string } | undefined {
    const path = textOf('BIREFNET_MODEL_PATH');
    if (path === undefined) return undefined;
    const { folder, stem } = /^(?<folder>.*[\\/])?(?<stem>[^\\/]+)\.(pth|onnx)$/i.exec(path)?.groups ?? {};
    const name = stem?.toLowerCase() ?? '';
    if (Object.hasOwn(checkpoints, name)) {
      return { folder: folder?.replace(/(?<=.)[\\/]+$/, '') ?? '.', model: checkpoints[name]! };
    }
    const known = [...new Set(Object.values(checkpoints))].map((id) => `${id}.pth`).join(', ');
    problems.push(`BIREFNET_MODEL_PATH: expected the path of ${known} or .onnx but received '${path}'`);
    return undefined;
  }

  function readInspyrenet(): string | undefined {
    const mode = choice('INSPIRENET_MODE', ['base', 'fast', 'base-nightly']);
    const resize = choice('INSPIRENET_RESIZE', ['static', 'dynamic']);
    if (mode === undefined && resize === undefined) return undefined;
    if (mode === 'base-nightly') notices.push('INSPIRENET_MODE of base-nightly is taken as base');
    if (mode !== 'fast') return resize === 'dynamic' ? 'inspyrenet-base-dynamic' : 'inspyrenet-base';
    if (resize === 'dynamic') notices.push('INSPIRENET_RESIZE of dynamic has no effect in the fast mode');
    return 'inspyrenet-fast';
  }

  function offerModels(...models: readonly (string | undefined)[]): void {
    const named = models.filter((model) => model !== undefined);
    if (named.length === 0) return;
    const sources = (['BIREFNET_MODEL_PATH', 'INSPIRENET_MODE', 'INSPIRENET_RESIZE'] as const).filter(textOf);
    offer('SEGMENT_MODELS', named.join(','), ...sources);
  }

  function readDevice(): string | undefined {
    const tensorrt = choice('BIREFNET_USE_TENSORRT', ['true', 'false']);
    const device = choice('BIREFNET_DEVICE', ['cuda', 'cpu']);
    if (tensorrt !== 'true') return device;
    if (device === 'cpu') notices.push('BIREFNET_USE_TENSORRT has no effect on the CPU');
    // Without a device named the brief's service takes a GPU where there is one.
    return device === 'cpu' ? 'cpu' : device === 'cuda' ? 'tensorrt,cuda' : 'tensorrt,cuda,cpu';
  }
}

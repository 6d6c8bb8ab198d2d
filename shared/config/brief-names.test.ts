import { readFile } from 'node:fs/promises';
import test from 'ava';
import { CutlineError } from '../errors.ts';
import { defaultLimits } from '../image/limits.ts';
import type { BriefName } from './brief-names.ts';
import { briefNames } from './brief-names.ts';
import type { Config } from './parse-config.ts';
import { parseConfig } from './parse-config.ts';
import type { Environment } from './variables.ts';

const defaults = parseConfig({});
const strict = (...devices: Config['device']['devices']): Config['device'] => ({
  devices,
  warnOnFallback: true,
});

/** The brief's own examples, and the other choices that it offers. */
const cases: readonly (readonly [env: Partial<Record<BriefName, string>>, read: Partial<Config>])[] = [
  [{ STORAGE_BUCKET: 'a-cache' }, { resultsBucket: 'a-cache', uploadsBucket: 'a-cache' }],
  [{ INSPIRENET_MODE: 'base' }, { segmentModels: ['inspyrenet-base'] }],
  [{ INSPIRENET_MODE: 'FAST' }, { segmentModels: ['inspyrenet-fast'] }],
  [
    { INSPIRENET_MODE: 'base-nightly' },
    { segmentModels: ['inspyrenet-base'], notices: ['INSPIRENET_MODE of base-nightly is taken as base'] },
  ],
  [{ INSPIRENET_RESIZE: 'static' }, { segmentModels: ['inspyrenet-base'] }],
  [{ INSPIRENET_RESIZE: 'dynamic' }, { segmentModels: ['inspyrenet-base-dynamic'] }],
  [{ INSPIRENET_MODE: 'base', INSPIRENET_RESIZE: 'dynamic' }, { segmentModels: ['inspyrenet-base-dynamic'] }],
  [
    { INSPIRENET_MODE: 'fast', INSPIRENET_RESIZE: 'dynamic' },
    {
      segmentModels: ['inspyrenet-fast'],
      notices: ['INSPIRENET_RESIZE of dynamic has no effect in the fast mode'],
    },
  ],
  [
    { BIREFNET_MODEL_PATH: '/app/data/models/birefnet/BiRefNet-general.pth' },
    { modelsDir: '/app/data/models/birefnet', segmentModels: ['birefnet-general'] },
  ],
  [
    { BIREFNET_MODEL_PATH: 'models\\BIREFNET-PORTRAIT.ONNX' },
    { modelsDir: 'models', segmentModels: ['birefnet-portrait'] },
  ],
  [
    { BIREFNET_MODEL_PATH: 'BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx' },
    { modelsDir: '.', segmentModels: ['birefnet-lite'] },
  ],
  [
    { BIREFNET_MODEL_PATH: '/BiRefNet-matting.pth', INSPIRENET_MODE: 'fast' },
    { modelsDir: '/', segmentModels: ['birefnet-matting', 'inspyrenet-fast'] },
  ],
  [{ BIREFNET_USE_TENSORRT: 'true' }, { device: strict('tensorrt', 'cuda', 'cpu') }],
  [{ BIREFNET_USE_TENSORRT: 'false' }, {}],
  [{ BIREFNET_DEVICE: 'cuda' }, { device: strict('cuda') }],
  [{ BIREFNET_DEVICE: 'cpu' }, { device: strict('cpu') }],
  [{ BIREFNET_USE_TENSORRT: 'True', BIREFNET_DEVICE: 'cuda' }, { device: strict('tensorrt', 'cuda') }],
  [{ BIREFNET_USE_TENSORRT: 'false', BIREFNET_DEVICE: 'cuda' }, { device: strict('cuda') }],
  [
    { BIREFNET_USE_TENSORRT: 'true', BIREFNET_DEVICE: 'cpu' },
    { device: strict('cpu'), notices: ['BIREFNET_USE_TENSORRT has no effect on the CPU'] },
  ],
  [{ BIREFNET_BATCH_SIZE: '1' }, { batchSize: 1 }],
  [
    { BIREFNET_BATCH_SIZE: '2' },
    { batchSize: 2, notices: ['BATCH_SIZE of 2 is taken as 1: models run one picture at a time'] },
  ],
  [{ BIREFNET_MAX_IMAGE_SIZE_MB: '5' }, { limits: { ...defaultLimits, maxFileBytes: 5 * 1024 * 1024 } }],
  [{ BIREFNET_MAX_MEGAPIXELS: '20' }, { limits: { ...defaultLimits, maxPixels: 20_000_000 } }],
  [{ BIREFNET_PROCESSING_TIMEOUT_SEC: '30' }, { processingTimeoutSec: 30 }],
  [{ BIREFNET_RATE_LIMIT_PER_MINUTE: '60' }, { rateLimitPerMinute: 60 }],
  [{ BIREFNET_RATE_LIMIT_PER_SECOND: '6' }, { rateLimitPerSecond: 6 }],
  [
    { BIREFNET_NUM_WORKERS: '2' },
    { notices: ['BIREFNET_NUM_WORKERS has no effect: one thread feeds the models'] },
  ],
  [
    { BIREFNET_PIN_MEMORY: 'true' },
    { notices: ['BIREFNET_PIN_MEMORY has no effect: the runtime owns its memory'] },
  ],
  [
    { BIREFNET_CUDNN_BENCHMARK: 'true' },
    { notices: ['BIREFNET_CUDNN_BENCHMARK has no effect: the runtime searches for every shape at start'] },
  ],
  [
    { LOG_FILE: '/app/logs/birefnet.log' },
    { notices: ['LOG_FILE has no effect: lines go to standard output'] },
  ],
  [
    { PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:512,expandable_segments:True' },
    { notices: ['PYTORCH_CUDA_ALLOC_CONF has no effect: there is no PyTorch'] },
  ],
  [{ CUDA_LAUNCH_BLOCKING: '0' }, { notices: ['CUDA_LAUNCH_BLOCKING has no effect: there is no PyTorch'] }],
];

for (const [env, read] of cases) {
  test(`${say(env)} is read as ours`, (t) => {
    t.deepEqual(parseConfig(env), { ...defaults, ...read });
  });
}

test('Each of the brief’s names is set in a case above', (t) => {
  const tried = new Set(cases.flatMap(([env]) => Object.keys(env)));
  t.deepEqual([...tried].sort(), Object.keys(briefNames).sort());
});

test('Blank is not set', (t) => {
  t.deepEqual(parseConfig(Object.fromEntries(Object.keys(briefNames).map((name) => [name, ' ']))), defaults);
});

const wrong: readonly (readonly [env: Partial<Record<BriefName, string>>, problems: readonly string[]])[] = [
  [
    { INSPIRENET_MODE: 'slow', INSPIRENET_RESIZE: 'none' },
    [
      "INSPIRENET_MODE: expected one of base, fast, base-nightly but received 'slow'",
      "INSPIRENET_RESIZE: expected one of static, dynamic but received 'none'",
    ],
  ],
  [
    { BIREFNET_MODEL_PATH: '/models/U2Net.pth' },
    [
      "BIREFNET_MODEL_PATH: expected the path of birefnet-general.pth, birefnet-portrait.pth, birefnet-matting.pth, birefnet-lite.pth or .onnx but received '/models/U2Net.pth'",
    ],
  ],
  [
    { BIREFNET_USE_TENSORRT: 'yes', BIREFNET_DEVICE: 'tpu' },
    [
      "BIREFNET_USE_TENSORRT: expected one of true, false but received 'yes'",
      "BIREFNET_DEVICE: expected one of cuda, cpu but received 'tpu'",
    ],
  ],
  // The name that was set is named, once, though it sets two of ours.
  [{ STORAGE_BUCKET: 'A!' }, ["STORAGE_BUCKET: expected a bucket’s name but received 'A!'"]],
  [
    { BIREFNET_MAX_MEGAPIXELS: 'many', BIREFNET_BATCH_SIZE: '0' },
    [
      "BIREFNET_BATCH_SIZE: expected a whole number from 1 but received '0'",
      "BIREFNET_MAX_MEGAPIXELS: expected a number above 0 but received 'many'",
    ],
  ],
];

for (const [env, problems] of wrong) {
  test(`${say(env)} is CONFIG_INVALID under the brief’s own name`, (t) => {
    const error = t.throws(() => parseConfig(env), { instanceOf: CutlineError });
    t.is(error.code, 'CONFIG_INVALID');
    t.deepEqual(error.fields.problems, problems);
  });
}

const both: readonly (readonly [env: Environment, read: Partial<Config>, notice: string])[] = [
  [
    { MAX_MEGAPIXELS: '8', BIREFNET_MAX_MEGAPIXELS: '20' },
    { limits: { ...defaultLimits, maxPixels: 8_000_000 } },
    'MAX_MEGAPIXELS is set and wins over BIREFNET_MAX_MEGAPIXELS',
  ],
  [
    { RESULTS_BUCKET: 'results', STORAGE_BUCKET: 'everything' },
    { resultsBucket: 'results', uploadsBucket: 'everything' },
    'RESULTS_BUCKET is set and wins over STORAGE_BUCKET',
  ],
  [
    { DEVICE: 'cpu', BIREFNET_USE_TENSORRT: 'true' },
    { device: strict('cpu') },
    'DEVICE is set and wins over BIREFNET_USE_TENSORRT',
  ],
  [
    { SEGMENT_MODELS: 'u2netp', INSPIRENET_MODE: 'fast', INSPIRENET_RESIZE: 'static' },
    { segmentModels: ['u2netp'] },
    'SEGMENT_MODELS is set and wins over INSPIRENET_MODE and INSPIRENET_RESIZE',
  ],
];

for (const [env, read, notice] of both) {
  test(`${notice}, and is said`, (t) => {
    t.deepEqual(parseConfig(env), { ...defaults, ...read, notices: [notice] });
  });
}

test('Every model that a name of the brief leads to is in the manifest', async (t) => {
  const manifest = await readFile(new URL('../../models/manifest.json', import.meta.url), 'utf8');
  const { models } = JSON.parse(manifest) as { readonly models: readonly { id: string; stage: string }[] };
  const known = models.filter(({ stage }) => stage === 'segment').map(({ id }) => id);
  const led = new Set(cases.flatMap(([, { segmentModels = [] }]) => segmentModels));
  t.is(led.size, 7);
  t.deepEqual(
    [...led].filter((id) => !known.includes(id)),
    [],
  );
});

function say(env: Environment): string {
  return Object.entries(env)
    .map(([name, text]) => `${name}=${text}`)
    .join(' ');
}

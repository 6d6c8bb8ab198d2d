import test from 'ava';
import { CutlineError } from '../errors.ts';
import { defaultLimits } from '../image/limits.ts';
import type { Config } from './parse-config.ts';
import { parseConfig } from './parse-config.ts';
import type { Environment, Variable, VariableName } from './variables.ts';
import { configVariables } from './variables.ts';

const defaults = parseConfig({});
const table = Object.entries(configVariables) as [VariableName, Variable<unknown>][];
const names = table.map(([name]) => name);

/** Whatever stands there is a value. */
const ANY_TEXT: readonly VariableName[] = ['DATA_DIR', 'MODELS_DIR'];

test('With nothing set everything has its default', (t) => {
  t.deepEqual(defaults, {
    port: 55433,
    host: '127.0.0.1',
    dataDir: '.cutline',
    uploadsBucket: undefined,
    resultsBucket: undefined,
    uploadsPrefix: 'uploads/',
    topicPrefix: 'cutline-',
    googleCloudProject: undefined,
    pubsubEmulatorHost: undefined,
    storageEmulatorHost: undefined,
    stages: ['upscale', 'segment', 'effects'],
    upscaleUrl: undefined,
    segmentUrl: undefined,
    effectsUrl: undefined,
    modelsDir: undefined,
    segmentModels: [],
    upscaleModels: [],
    targetSize: undefined,
    batchSize: 1,
    device: { devices: ['cuda', 'cpu'], warnOnFallback: false },
    threads: undefined,
    runLimitMs: 300_000,
    runQueue: 64,
    workSlots: 2,
    queueLimit: 100,
    queueWaitSec: 300,
    processingTimeoutSec: 280,
    drainSec: 9,
    memoryLimitMb: undefined,
    limits: defaultLimits,
    rateLimitPerMinute: 30,
    rateLimitPerSecond: 3,
    webhooks: new Map(),
    logLevel: 'info',
    logFormat: undefined,
    notices: [],
  });
});

test('An empty or blank variable is one that is not set', (t) => {
  t.deepEqual(parseConfig(Object.fromEntries(names.map((name) => [name, '']))), defaults);
  t.deepEqual(parseConfig(Object.fromEntries(names.map((name) => [name, ' \t']))), defaults);
});

test('A documented default is the default', (t) => {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value instanceof Map || (Array.isArray(value) && value.length === 0);
  // What is empty is described in words.
  const valued = table.filter(([name, { unset }]) => !isEmpty(unset) && name !== 'MAX_OUTPUT_MEGAPIXELS');
  t.is(valued.length, 24);
  for (const [name, { default: text, unset, parse }] of valued) t.deepEqual(parse(text), unset, name);
  // 48.77 is 8064×6048 rounded up to what a person can read.
  const { MAX_OUTPUT_MEGAPIXELS: most } = configVariables;
  t.true(Math.abs(most.parse(most.default)! - defaultLimits.maxOutputPixels) < 10_000);
});

const secret = 'sixteen-letters!';

/** One value other than the default for each, and what it is read as. */
const values = {
  PORT: ['8080', { port: 8080 }],
  HOST: ['0.0.0.0', { host: '0.0.0.0' }],
  DATA_DIR: ['/data', { dataDir: '/data' }],
  UPLOADS_BUCKET: ['shop-uploads', { uploadsBucket: 'shop-uploads' }],
  RESULTS_BUCKET: ['shop.results_1', { resultsBucket: 'shop.results_1' }],
  UPLOADS_PREFIX: ['in/photos/', { uploadsPrefix: 'in/photos/' }],
  TOPIC_PREFIX: ['test-', { topicPrefix: 'test-' }],
  GOOGLE_CLOUD_PROJECT: ['my-project', { googleCloudProject: 'my-project' }],
  PUBSUB_EMULATOR_HOST: ['[::1]:8085', { pubsubEmulatorHost: '[::1]:8085' }],
  STORAGE_EMULATOR_HOST: ['localhost:4443', { storageEmulatorHost: 'http://localhost:4443' }],
  STAGES: ['Effects, upscale', { stages: ['upscale', 'effects'] }],
  UPSCALE_URL: ['https://upscale.run.app/', { upscaleUrl: 'https://upscale.run.app' }],
  SEGMENT_URL: ['http://127.0.0.1:8081', { segmentUrl: 'http://127.0.0.1:8081' }],
  EFFECTS_URL: ['http://localhost:8082/effects', { effectsUrl: 'http://localhost:8082/effects' }],
  MODELS_DIR: ['/baked', { modelsDir: '/baked' }],
  SEGMENT_MODELS: ['birefnet-general, my/own,my/own', { segmentModels: ['birefnet-general', 'my/own'] }],
  UPSCALE_MODELS: ['realesrgan-x2plus', { upscaleModels: ['realesrgan-x2plus'] }],
  TARGET_SIZE: ['1024', { targetSize: 1024 }],
  BATCH_SIZE: [
    '4',
    { batchSize: 4, notices: ['BATCH_SIZE of 4 is taken as 1: models run one picture at a time'] },
  ],
  DEVICE: ['tensorrt,cuda', { device: { devices: ['tensorrt', 'cuda'], warnOnFallback: true } }],
  THREADS: ['3', { threads: 3 }],
  RUN_TIMEOUT_SEC: ['1.5', { runLimitMs: 1500 }],
  RUN_QUEUE: ['7', { runQueue: 7 }],
  WORK_SLOTS: ['1', { workSlots: 1 }],
  QUEUE_LIMIT: ['8', { queueLimit: 8 }],
  QUEUE_WAIT_SEC: ['0.5', { queueWaitSec: 0.5 }],
  PROCESSING_TIMEOUT_SEC: ['30', { processingTimeoutSec: 30 }],
  DRAIN_SEC: ['20', { drainSec: 20 }],
  MEMORY_LIMIT_MB: ['14000', { memoryLimitMb: 14_000 }],
  MAX_IMAGE_SIZE_MB: ['0.5', { limits: { ...defaultLimits, maxFileBytes: 512 * 1024 } }],
  MAX_MEGAPIXELS: ['12.5', { limits: { ...defaultLimits, maxPixels: 12_500_000 } }],
  MAX_LONG_SIDE: ['4000', { limits: { ...defaultLimits, maxLongSide: 4000 } }],
  MAX_SHORT_SIDE: ['3000', { limits: { ...defaultLimits, maxShortSide: 3000 } }],
  MIN_SIDE: ['32', { limits: { ...defaultLimits, minSide: 32 } }],
  MAX_DECOMPRESSION_RATIO: ['99.5', { limits: { ...defaultLimits, maxDecompressionRatio: 99.5 } }],
  MAX_OUTPUT_MEGAPIXELS: ['24', { limits: { ...defaultLimits, maxOutputPixels: 24_000_000 } }],
  RATE_LIMIT_PER_MINUTE: ['60', { rateLimitPerMinute: 60 }],
  RATE_LIMIT_PER_SECOND: ['5', { rateLimitPerSecond: 5 }],
  WEBHOOKS: [
    JSON.stringify({ shop: { url: 'https://shop.example/hook', secret } }),
    { webhooks: new Map([['shop', { url: 'https://shop.example/hook', secret }]]) },
  ],
  LOG_LEVEL: ['WARN', { logLevel: 'warning' }],
  LOG_FORMAT: ['text', { logFormat: 'text' }],
} satisfies Record<VariableName, readonly [text: string, read: Partial<Config>]>;

for (const [name, [text, read]] of Object.entries(values)) {
  test(`${name} is read, and changes nothing else`, (t) => {
    t.deepEqual(parseConfig({ [name]: `${text} `, SOMETHING_ELSE: 'is not ours' }), { ...defaults, ...read });
  });
}

test('All of them are read together', (t) => {
  const env: Environment = Object.fromEntries(Object.entries(values).map(([name, [text]]) => [name, text]));
  const { limits, ...rest } = parseConfig(env);
  const { limits: _, ...expected } = Object.assign(
    { ...defaults },
    ...Object.values(values).map(([, read]) => read),
  );
  t.deepEqual(rest, expected);
  t.deepEqual(limits, {
    maxFileBytes: 512 * 1024,
    maxDecompressionRatio: 99.5,
    ratioCountsAbovePixels: 4_000_000,
    maxLongSide: 4000,
    maxShortSide: 3000,
    maxPixels: 12_500_000,
    minSide: 32,
    maxOutputPixels: 24_000_000,
  });
});

const wrong: Partial<Record<VariableName, readonly string[]>> = {
  PORT: ['65536', '-1', 'http'],
  UPLOADS_BUCKET: ['gs://shop', 'Shop', 'ab'],
  RESULTS_BUCKET: ['shop/results', '-shop'],
  UPLOADS_PREFIX: ['uploads', '/uploads/', '../', 'a/../b/', 'a//'],
  TOPIC_PREFIX: ['1-', 'goog-', 'a/b'],
  GOOGLE_CLOUD_PROJECT: ['My Project', '1'],
  PUBSUB_EMULATOR_HOST: ['http://localhost:8085', 'localhost'],
  STORAGE_EMULATOR_HOST: ['ftp://localhost', 'http://localhost:4443/storage', ':'],
  STAGES: ['upscale,cut', ','],
  UPSCALE_URL: ['http://upscale.run.app', 'upscale.run.app', 'https://upscale.run.app/#a'],
  SEGMENT_MODELS: ['BiRefNet general', 'a,,b'],
  TARGET_SIZE: ['0', '1024x1024'],
  BATCH_SIZE: ['0'],
  DEVICE: ['gpu', 'auto,cpu'],
  THREADS: ['0', '1.5', '-2'],
  // Under a millisecond, and more than a timer of Node can hold: either would end every run at once.
  RUN_TIMEOUT_SEC: ['0', 'soon', 'Infinity', '0.0001', '2147484'],
  QUEUE_WAIT_SEC: ['0', '2147484'],
  PROCESSING_TIMEOUT_SEC: ['-1'],
  DRAIN_SEC: ['0'],
  RUN_QUEUE: ['0', 'many'],
  WORK_SLOTS: ['0'],
  QUEUE_LIMIT: ['0'],
  MEMORY_LIMIT_MB: ['0'],
  MAX_IMAGE_SIZE_MB: ['-1', '10MB', '0.0000001'],
  MAX_MEGAPIXELS: ['0'],
  MAX_LONG_SIDE: ['63'],
  MAX_SHORT_SIDE: ['63'],
  MIN_SIDE: ['0'],
  MAX_DECOMPRESSION_RATIO: ['NaN'],
  MAX_OUTPUT_MEGAPIXELS: ['0'],
  RATE_LIMIT_PER_MINUTE: ['30/minute'],
  RATE_LIMIT_PER_SECOND: ['0'],
  LOG_LEVEL: ['verbose', 'constructor'],
  LOG_FORMAT: ['xml'],
};

for (const [name, texts] of Object.entries(wrong)) {
  for (const text of texts) {
    test(`${name}='${text}' is CONFIG_INVALID, saying what was expected and what was received`, (t) => {
      const { expects } = configVariables[name as VariableName];
      t.deepEqual(problemsOf({ [name]: text }), [`${name}: expected ${expects} but received '${text}'`]);
    });
  }
}

test('All problems are reported at once', (t) => {
  const strict = names.filter((name) => !ANY_TEXT.includes(name));
  const env = Object.fromEntries(strict.map((name) => [name, '?']));
  const error = t.throws(() => parseConfig(env), { instanceOf: CutlineError });
  t.is(error.code, 'CONFIG_INVALID');
  const problems = problemsOf(env);
  t.deepEqual(problems.map((problem) => problem.split(':')[0]).sort(), [...strict].sort());
  for (const problem of problems) t.true(error.detail.includes(problem));
});

test('What a function requires and is not set is a problem among the others', (t) => {
  const required: readonly VariableName[] = ['RESULTS_BUCKET', 'UPLOADS_BUCKET', 'SEGMENT_URL'];
  const env = { UPLOADS_BUCKET: ' ', SEGMENT_URL: 'https://segment.run.app', THREADS: 'x' };
  t.deepEqual(problemsOf(env, required), [
    'UPLOADS_BUCKET: expected a bucket’s name but received nothing',
    'RESULTS_BUCKET: expected a bucket’s name but received nothing',
    "THREADS: expected a whole number from 1 but received 'x'",
  ]);
  t.is(
    parseConfig({ STORAGE_BUCKET: 'one-for-all' }, { required: ['RESULTS_BUCKET'] }).resultsBucket,
    'one-for-all',
  );
});

test('A password in an address is in no message', (t) => {
  const [problem] = problemsOf({ UPSCALE_URL: 'https://me:hush@upscale.run.app/?token=hush' });
  t.regex(problem!, /received 'https:\/\/…@upscale\.run\.app\/\?…'$/);
});

test('Times that Pub/Sub does not wait for are said', (t) => {
  const { notices } = parseConfig({ QUEUE_WAIT_SEC: '300', PROCESSING_TIMEOUT_SEC: '300' });
  t.deepEqual(notices, [
    'QUEUE_WAIT_SEC and PROCESSING_TIMEOUT_SEC are 600 s together: Pub/Sub delivers a message again after 600 s, finished or not',
  ]);
});

test('The whole uploads bucket is a prefix of nothing', (t) => {
  t.is(parseConfig({ UPLOADS_PREFIX: '/' }).uploadsPrefix, '');
});

function problemsOf(env: Environment, required: readonly VariableName[] = []): readonly string[] {
  try {
    parseConfig(env, { required });
  } catch (error) {
    if (error instanceof CutlineError) return error.fields.problems as readonly string[];
  }
  throw new Error('Expected CONFIG_INVALID');
}

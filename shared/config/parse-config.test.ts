import test from 'ava';
import { defaultLimits } from '../image/limits.ts';
import type { Config } from './parse-config.ts';
import { parseConfig } from './parse-config.ts';
import type { Environment, Variable, VariableName } from './variables.ts';
import { configVariables } from './variables.ts';

const defaults = parseConfig({});
const table = Object.entries(configVariables) as [VariableName, Variable<unknown>][];
const names = table.map(([name]) => name);

test('With nothing set everything has its default', (t) => {
  t.deepEqual(defaults, {
    port: 55433,
    host: '127.0.0.1',
    publicUrl: undefined,
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
    profileDir: undefined,
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
    tenants: new Map(),
    operatorKeys: [],
    tokenSecret: undefined,
    pushServiceAccount: undefined,
    anonymous: false,
    allowedOrigins: [],
    trustedProxyHops: 0,
    redisUrl: undefined,
    warmupsPerDay: 40,
    webhooks: new Map(),
    shopifySecrets: [],
    shopifyShops: new Map(),
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
  t.is(valued.length, 27);
  for (const [name, { default: text, unset, parse }] of valued) t.deepEqual(parse(text), unset, name);
  // 48.77 is 8064×6048 rounded up to what a person can read.
  const { MAX_OUTPUT_MEGAPIXELS: most } = configVariables;
  t.true(Math.abs(most.parse(most.default)! - defaultLimits.maxOutputPixels) < 10_000);
});

const secret = 'sixteen-letters!';
const hash = '0123456789abcdef'.repeat(4);
const shop = {
  keys: [hash],
  tier: 'free' as const,
  dailyPhotos: undefined,
  origins: [],
  webhook: undefined,
};

const alone = ['SHOPIFY_SECRET and SHOPIFY_SHOPS have no effect without each other'];

/** One value other than the default for each, and what it is read as. */
const values = {
  PORT: ['8080', { port: 8080 }],
  HOST: ['0.0.0.0', { host: '0.0.0.0' }],
  PUBLIC_URL: ['http://192.168.1.7:55433', { publicUrl: 'http://192.168.1.7:55433' }],
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
  PROFILE_DIR: ['profiles', { profileDir: 'profiles' }],
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
  TENANTS: [JSON.stringify({ shop: { keys: [hash] } }), { tenants: new Map([['shop', shop]]) }],
  OPERATOR_KEYS: [hash.toUpperCase(), { operatorKeys: [hash] }],
  TOKEN_SECRET: [hash, { tokenSecret: hash }],
  PUSH_SERVICE_ACCOUNT: ['push@shop.example', { pushServiceAccount: 'push@shop.example' }],
  ANONYMOUS: ['True', { anonymous: true }],
  ALLOWED_ORIGINS: ['https://a.example,http://b', { allowedOrigins: ['https://a.example', 'http://b'] }],
  TRUSTED_PROXY_HOPS: ['1', { trustedProxyHops: 1 }],
  REDIS_URL: ['rediss://me:hush@cache:6380/1', { redisUrl: 'rediss://me:hush@cache:6380/1' }],
  WARMUPS_PER_DAY: ['0', { warmupsPerDay: 0 }],
  WEBHOOKS: [
    JSON.stringify({ shop: { url: 'https://shop.example/hook', secret } }),
    { webhooks: new Map([['shop', { url: 'https://shop.example/hook', secret }]]) },
  ],
  SHOPIFY_SECRET: [`${secret},${hash}`, { shopifySecrets: [secret, hash], notices: alone }],
  SHOPIFY_SHOPS: [
    JSON.stringify({ 'a-1.myshopify.com': { tenant: 'shop', options: { scale: 4 } } }),
    {
      shopifyShops: new Map([['a-1.myshopify.com', { tenant: 'shop', options: { scale: 4 } }]]),
      notices: alone,
    },
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
    // Shopify's are not alone.
    values.BATCH_SIZE[1],
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

// The one table of variables: default, what is expected, what it means. Code, messages and the README follow it.
import { stageNames } from '../card.ts';
import { defaultLimits } from '../image/limits.ts';
import type { DevicePreference } from '../inference/device.ts';
import { deviceNames, parseDevice } from '../inference/device.ts';
import type { Kind } from './kinds.ts';
import {
  anyText,
  emulatorUrl,
  inParts,
  listOf,
  matching,
  oneOf,
  positiveNumber,
  seconds,
  secondsAsMs,
  serviceUrl,
  trueOrFalse,
  wholeNumber,
} from './kinds.ts';
import { shopifySecrets, shopifyShops } from './shopify.ts';
import { allowedOrigins, keyHashes, redisUrl, tenantsKind, tokenSecret } from './tenants.ts';
import { webhooksKind } from './webhooks.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Variable<Value> extends Kind<Value> {
  /** As a person reads it. */
  readonly default: string;
  readonly meaning: string;
  /** What it is worth when it is not set. */
  readonly unset: Value;
}

/** A variable whose default is a value of its kind. */
function variable<Value>(kind: Kind<Value>, fallback: string, meaning: string): Variable<Value> {
  const unset = kind.parse(fallback);
  if (unset === undefined)
    throw new Error(`Expected ${kind.expects} for a default but received '${fallback}'`);
  return { ...kind, default: fallback, meaning, unset };
}

/** A variable whose default is said in words. */
function described<Value>(
  kind: Kind<Value>,
  words: string,
  unset: NoInfer<Value>,
  meaning: string,
): Variable<Value> {
  return { ...kind, default: words, meaning, unset };
}

/** A variable that may be left open; @param otherwise what then holds */
function open<Value>(kind: Kind<Value>, otherwise: string, meaning: string): Variable<Value | undefined> {
  return { ...kind, default: otherwise, meaning, unset: undefined };
}

const device: Kind<DevicePreference> = {
  expects: `auto or a list of ${deviceNames.join(', ')}`,
  parse: parseDevice,
};
const bucket = matching('a bucket’s name', /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/);
const modelIds = listOf(matching('a model’s id', /^[a-z0-9][a-z0-9./-]*$/), 'a list of model ids');
const prefix: Kind<string> = {
  expects: 'a folder’s path that ends with /, or / for the whole bucket',
  parse: (text) =>
    text === '/' ? '' : /^(?!\.{1,2}\/)([^/]+\/(?!\.{1,2}\/))+$/.test(text) ? text : undefined,
};
const logLevels = ['debug', 'info', 'warning', 'error'] as const;
const logFormats = ['json', 'text'] as const;
const megapixels = inParts(1_000_000);

export const configVariables = {
  PORT: variable(
    wholeNumber(0, 65535),
    '55433',
    'where requests are taken; 0 is any free one; Cloud Run sets it',
  ),
  HOST: variable(
    matching('an address of this machine', /^[A-Za-z0-9.:_-]+$/),
    '127.0.0.1',
    'which of this machine’s addresses npm run serve listens on; 0.0.0.0 for all',
  ),
  PUBLIC_URL: open(
    emulatorUrl,
    'this machine’s own address',
    'how browsers reach npm run serve: http://192.168.1.7:55433 for a phone in the same network',
  ),
  DATA_DIR: variable(anyText('a folder'), '.cutline', 'buckets and records of the embedded default'),
  UPLOADS_BUCKET: open(bucket, 'none', 'where photos come in'),
  RESULTS_BUCKET: open(bucket, 'none', 'where records and results go'),
  UPLOADS_PREFIX: variable(
    prefix,
    'uploads/',
    'objects elsewhere in the uploads bucket are no photos of ours',
  ),
  TOPIC_PREFIX: variable(
    matching('a letter, then letters, digits or -._~+%', /^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{0,199}$/),
    'cutline-',
    'what every topic’s name begins with',
  ),
  GOOGLE_CLOUD_PROJECT: open(
    matching('a project’s id', /^[a-z][a-z0-9.:-]*[a-z0-9]$/),
    'none',
    'the project of topics and traces',
  ),
  PUBSUB_EMULATOR_HOST: open(
    matching('host:port', /^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i),
    'none',
    'Pub/Sub’s emulator instead of Pub/Sub',
  ),
  STORAGE_EMULATOR_HOST: open(emulatorUrl, 'none', 'a Cloud Storage emulator instead of Cloud Storage'),
  STAGES: variable(
    listOf(oneOf(stageNames), `a list of ${stageNames.join(', ')}`),
    stageNames.join(','),
    'the stages that this process serves',
  ),
  UPSCALE_URL: open(serviceUrl, 'none', 'the service of the upscale stage'),
  SEGMENT_URL: open(serviceUrl, 'none', 'the service of the segment stage'),
  EFFECTS_URL: open(serviceUrl, 'none', 'the service of the effects stage'),
  MODELS_DIR: open(anyText('a folder'), 'models/baked', 'where baked models lie'),
  SEGMENT_MODELS: described(modelIds, 'all that are there', [], 'loaded; the first is the default'),
  UPSCALE_MODELS: described(modelIds, 'all that are there', [], 'loaded; the first is the default'),
  TARGET_SIZE: open(wholeNumber(1), 'any', 'input side that a loaded segmentation model must have'),
  BATCH_SIZE: variable(wholeNumber(1), '1', 'pictures in one run of a model; more than 1 is taken as 1'),
  DEVICE: variable(device, 'auto', 'devices in order of preference; one name is strict, auto is cuda,cpu'),
  THREADS: open(wholeNumber(1), 'all cores', 'threads for the models'),
  PROFILE_DIR: open(
    anyText('a folder'),
    'none',
    'where onnxruntime’s trace of every model and a CPU profile are written at the end',
  ),
  RUN_TIMEOUT_SEC: variable(secondsAsMs, '300', 'one run of a model that takes longer counts as stuck'),
  RUN_QUEUE: variable(wholeNumber(1), '64', 'runs that may wait for the device'),
  WORK_SLOTS: variable(
    wholeNumber(1),
    '2',
    'photos worked on at once, so that others are decoded and encoded while a model runs on one; Terraform sets 4',
  ),
  QUEUE_LIMIT: variable(wholeNumber(1), '100', 'messages that may wait for a slot'),
  QUEUE_WAIT_SEC: variable(seconds, '300', 'how long a message may wait for a slot'),
  PROCESSING_TIMEOUT_SEC: variable(
    seconds,
    '280',
    'how long a stage may work on a photo; with QUEUE_WAIT_SEC under Pub/Sub’s 600',
  ),
  DRAIN_SEC: variable(seconds, '9', 'time to finish after SIGTERM; Cloud Run gives 10'),
  MEMORY_LIMIT_MB: open(
    positiveNumber,
    'none',
    'a process that holds more ends after its work, and is restarted',
  ),
  MAX_IMAGE_SIZE_MB: variable(inParts(1024 * 1024), '10', 'largest file'),
  MAX_MEGAPIXELS: variable(
    megapixels,
    '50',
    'most pixels of a photo; 48-megapixel phone photos also exceed the sides',
  ),
  MAX_LONG_SIDE: variable(wholeNumber(64), '7680', 'longest long side of a photo'),
  MAX_SHORT_SIDE: variable(wholeNumber(64), '4320', 'longest short side of a photo'),
  MIN_SIDE: variable(wholeNumber(1), '64', 'shortest side of a photo'),
  MAX_DECOMPRESSION_RATIO: variable(
    positiveNumber,
    '1000',
    'decoded bytes ÷ file bytes, counted above 4 megapixels',
  ),
  MAX_OUTPUT_MEGAPIXELS: described(
    megapixels,
    '48.77',
    defaultLimits.maxOutputPixels,
    'most pixels of a result; the default is 8064×6048',
  ),
  RATE_LIMIT_PER_MINUTE: variable(wholeNumber(1), '30', 'requests of one caller without a key in a minute'),
  RATE_LIMIT_PER_SECOND: variable(wholeNumber(1), '3', 'requests of one caller without a key in a second'),
  TENANTS: described(
    tenantsKind,
    'none',
    new Map(),
    'who has keys, and what they may: tiers allow 30, 100 and 1000 requests a minute; all but the keys may be left out',
  ),
  OPERATOR_KEYS: described(keyHashes, 'none', [], 'what opens metrics and details'),
  TOKEN_SECRET: open(
    tokenSecret,
    'npm run serve makes one',
    'signs tokens of jobs and browsers; another one ends them all',
  ),
  PUSH_SERVICE_ACCOUNT: open(
    matching('a service account’s e-mail address', /^[^@\s]+@[^@\s]+$/),
    'none',
    'whose ID token Pub/Sub’s pushes to the storefront carry, which is open to all',
  ),
  ANONYMOUS: variable(trueOrFalse, 'false', 'whether one may go without a key; npm run serve sets true'),
  ALLOWED_ORIGINS: described(
    allowedOrigins,
    'none',
    [],
    'pages that may call from a browser, besides those of TENANTS',
  ),
  TRUSTED_PROXY_HOPS: variable(
    wholeNumber(0, 10),
    '0',
    'proxies in front that add to X-Forwarded-For; Cloud Run is 1, with a load balancer before it 2',
  ),
  REDIS_URL: open(redisUrl, 'none', 'where requests are counted for all instances; else each counts its own'),
  WARMUPS_PER_DAY: variable(
    wholeNumber(0),
    '40',
    'how often callers may wake cold stages; each can cost ten minutes of every GPU',
  ),
  WEBHOOKS: described(
    webhooksKind,
    'none',
    new Map(),
    'where tenants are told of a job’s end, and the secret that signs it',
  ),
  SHOPIFY_SECRET: described(
    shopifySecrets,
    'none',
    [],
    'the secret of the shop’s app, by which Shopify signs what comes through its proxy; without it there is no /shopify',
  ),
  SHOPIFY_SHOPS: described(
    shopifyShops,
    'none',
    new Map(),
    'the shops that may ask through Shopify, the tenant of each, and options that its pages cannot change',
  ),
  LOG_LEVEL: variable(
    oneOf(logLevels, { warn: 'warning' }),
    'info',
    'the least that is logged; debug adds milliseconds per step and memory',
  ),
  LOG_FORMAT: open(oneOf(logFormats), 'json; text on a terminal', 'how lines are written'),
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof configVariables;

/** What a variable is read as. */
export type ValueOf<Name extends VariableName> =
  (typeof configVariables)[Name] extends Variable<infer Value> ? Value : never;

// The configuration: read once from the environment, every problem reported at once.
import type { StageName } from '../card.ts';
import { CutlineError } from '../errors.ts';
import type { ImageLimits } from '../image/limits.ts';
import { defaultLimits } from '../image/limits.ts';
import type { DevicePreference } from '../inference/device.ts';
import { translateBriefNames } from './brief-names.ts';
import type { Kind } from './kinds.ts';
import type { ShopifyShop } from './shopify.ts';
import { shopifyDoubts } from './shopify.ts';
import type { ConfiguredTenant } from './tenants.ts';
import { joinTenants } from './tenants.ts';
import type { Environment, ValueOf, VariableName } from './variables.ts';
import { configVariables } from './variables.ts';
import type { Webhook } from './webhooks.ts';

/** Undefined stands for what is not set and has no default. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined;
  readonly dataDir: string;
  readonly uploadsBucket: string | undefined;
  readonly resultsBucket: string | undefined;
  /** Empty for the whole bucket, else it ends with a slash. */
  readonly uploadsPrefix: string;
  readonly topicPrefix: string;
  readonly googleCloudProject: string | undefined;
  /** host:port */
  readonly pubsubEmulatorHost: string | undefined;
  /** With its scheme: what the client takes as `apiEndpoint`. */
  readonly storageEmulatorHost: string | undefined;
  /** In the pipeline's order. */
  readonly stages: readonly StageName[];
  /** Base addresses, without a slash at their end. */
  readonly upscaleUrl: string | undefined;
  readonly segmentUrl: string | undefined;
  readonly effectsUrl: string | undefined;
  /** Where baked models lie; undefined: where the bake puts them, if they are there. */
  readonly modelsDir: string | undefined;
  /** Ids or aliases, the default first; empty: all that are there. */
  readonly segmentModels: readonly string[];
  readonly upscaleModels: readonly string[];
  readonly targetSize: number | undefined;
  readonly batchSize: number;
  readonly device: DevicePreference;
  /** Threads for the models; undefined: as many as there are cores. */
  readonly threads: number | undefined;
  /** Undefined: nothing is profiled. */
  readonly profileDir: string | undefined;
  readonly runLimitMs: number;
  /** How many runs may wait for the device. */
  readonly runQueue: number;
  readonly workSlots: number;
  /** How many messages may wait for a slot. */
  readonly queueLimit: number;
  readonly queueWaitSec: number;
  readonly processingTimeoutSec: number;
  readonly drainSec: number;
  readonly memoryLimitMb: number | undefined;
  readonly limits: ImageLimits;
  readonly rateLimitPerMinute: number;
  readonly rateLimitPerSecond: number;
  readonly tenants: ReadonlyMap<string, ConfiguredTenant>;
  /** SHA-256 of each, in hexadecimal. */
  readonly operatorKeys: readonly string[];
  readonly tokenSecret: string | undefined;
  /** Its e-mail address. */
  readonly pushServiceAccount: string | undefined;
  readonly anonymous: boolean;
  /** For CORS: those of tenants too. */
  readonly allowedOrigins: readonly string[];
  readonly trustedProxyHops: number;
  readonly redisUrl: string | undefined;
  readonly warmupsPerDay: number;
  /** By tenant, of TENANTS and of WEBHOOKS. */
  readonly webhooks: ReadonlyMap<string, Webhook>;
  /** Any of them signs; empty: nothing comes through Shopify. */
  readonly shopifySecrets: readonly string[];
  /** By its name at myshopify.com. */
  readonly shopifyShops: ReadonlyMap<string, ShopifyShop>;
  readonly logLevel: ValueOf<'LOG_LEVEL'>;
  /** Undefined: as it suits whoever reads. */
  readonly logFormat: ValueOf<'LOG_FORMAT'>;
  /** What is set and does not do what its name says; to be logged once. */
  readonly notices: readonly string[];
}

export interface ParseOptions {
  /** What this function cannot do without. */
  readonly required?: readonly VariableName[];
}

/** @throws CONFIG_INVALID naming every wrong or missing variable, what was expected and what was received */
export function parseConfig(env: Environment, { required = [] }: ParseOptions = {}): Config {
  const { settings, problems, notices } = translateBriefNames(env);

  function read<Name extends VariableName>(name: Name): ValueOf<Name> {
    const variable = configVariables[name];
    const kind: Kind<unknown> = variable;
    const unset = variable.unset as ValueOf<Name>;
    const setting = settings.get(name);
    if (!setting) {
      if (required.includes(name)) problems.push(`${name}: expected ${kind.expects} but received nothing`);
      return unset;
    }
    const { text, from } = setting;
    const value = kind.parse(text);
    if (value !== undefined) return value as ValueOf<Name>;
    problems.push(`${from}: expected ${kind.expects} but received ${kind.received?.(text) ?? `'${text}'`}`);
    return unset;
  }

  const config: Config = {
    port: read('PORT'),
    host: read('HOST'),
    publicUrl: read('PUBLIC_URL'),
    dataDir: read('DATA_DIR'),
    uploadsBucket: read('UPLOADS_BUCKET'),
    resultsBucket: read('RESULTS_BUCKET'),
    uploadsPrefix: read('UPLOADS_PREFIX'),
    topicPrefix: read('TOPIC_PREFIX'),
    googleCloudProject: read('GOOGLE_CLOUD_PROJECT'),
    pubsubEmulatorHost: read('PUBSUB_EMULATOR_HOST'),
    storageEmulatorHost: read('STORAGE_EMULATOR_HOST'),
    stages: inOrder(read('STAGES')),
    upscaleUrl: read('UPSCALE_URL'),
    segmentUrl: read('SEGMENT_URL'),
    effectsUrl: read('EFFECTS_URL'),
    modelsDir: read('MODELS_DIR'),
    segmentModels: read('SEGMENT_MODELS'),
    upscaleModels: read('UPSCALE_MODELS'),
    targetSize: read('TARGET_SIZE'),
    batchSize: read('BATCH_SIZE'),
    device: read('DEVICE'),
    threads: read('THREADS'),
    profileDir: read('PROFILE_DIR'),
    runLimitMs: read('RUN_TIMEOUT_SEC'),
    runQueue: read('RUN_QUEUE'),
    workSlots: read('WORK_SLOTS'),
    queueLimit: read('QUEUE_LIMIT'),
    queueWaitSec: read('QUEUE_WAIT_SEC'),
    processingTimeoutSec: read('PROCESSING_TIMEOUT_SEC'),
    drainSec: read('DRAIN_SEC'),
    memoryLimitMb: read('MEMORY_LIMIT_MB'),
    limits: {
      maxFileBytes: read('MAX_IMAGE_SIZE_MB'),
      maxDecompressionRatio: read('MAX_DECOMPRESSION_RATIO'),
      ratioCountsAbovePixels: defaultLimits.ratioCountsAbovePixels,
      maxLongSide: read('MAX_LONG_SIDE'),
      maxShortSide: read('MAX_SHORT_SIDE'),
      maxPixels: read('MAX_MEGAPIXELS'),
      minSide: read('MIN_SIDE'),
      maxOutputPixels: read('MAX_OUTPUT_MEGAPIXELS'),
    },
    rateLimitPerMinute: read('RATE_LIMIT_PER_MINUTE'),
    rateLimitPerSecond: read('RATE_LIMIT_PER_SECOND'),
    ...joinTenants(read('TENANTS'), read('ALLOWED_ORIGINS'), read('WEBHOOKS'), notices),
    shopifySecrets: read('SHOPIFY_SECRET'),
    shopifyShops: read('SHOPIFY_SHOPS'),
    operatorKeys: read('OPERATOR_KEYS'),
    tokenSecret: read('TOKEN_SECRET'),
    pushServiceAccount: read('PUSH_SERVICE_ACCOUNT'),
    anonymous: read('ANONYMOUS'),
    trustedProxyHops: read('TRUSTED_PROXY_HOPS'),
    redisUrl: read('REDIS_URL'),
    warmupsPerDay: read('WARMUPS_PER_DAY'),
    logLevel: read('LOG_LEVEL'),
    logFormat: read('LOG_FORMAT'),
    notices,
  };
  // One name of the brief can set two of ours.
  const all = [...new Set(problems)];
  if (all.length > 0) throw new CutlineError('CONFIG_INVALID', { fields: { problems: all } });
  return { ...config, notices: [...notices, ...doubts(config)] };
}

function inOrder(stages: readonly StageName[]): readonly StageName[] {
  return configVariables.STAGES.unset.filter((stage) => stages.includes(stage));
}

/** Pub/Sub's longest acknowledgement deadline. */
const PUSH_LIMIT_SEC = 600;

/** Values that are right by themselves, and yet not what somebody may believe. */
function doubts(config: Config): string[] {
  const { queueWaitSec: wait, processingTimeoutSec: work, batchSize } = config;
  const found: string[] = [];
  if (wait + work >= PUSH_LIMIT_SEC) {
    const sum = `QUEUE_WAIT_SEC and PROCESSING_TIMEOUT_SEC are ${wait + work} s together`;
    found.push(`${sum}: Pub/Sub delivers a message again after ${PUSH_LIMIT_SEC} s, finished or not`);
  }
  if (batchSize > 1) found.push(`BATCH_SIZE of ${batchSize} is taken as 1: models run one picture at a time`);
  return [...found, ...shopifyDoubts(config.shopifySecrets, config.shopifyShops, config.tenants)];
}

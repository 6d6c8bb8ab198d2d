// The configuration: read once from the environment, every problem reported at once.
import { CutlineError } from './errors.ts';
import type { ImageLimits } from './image/limits.ts';
import { defaultLimits } from './image/limits.ts';
import type { DevicePreference } from './inference/device.ts';
import { deviceNames, parseDevice } from './inference/device.ts';

export interface Config {
  readonly device: DevicePreference;
  /** Threads for the models; undefined: as many as there are cores. */
  readonly threads: number | undefined;
  readonly runLimitMs: number;
  readonly queueLimit: number;
  readonly limits: ImageLimits;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What each variable means, for the README and the messages. */
export const configVariables = {
  DEVICE: {
    default: 'auto',
    expects: `auto or a list of ${deviceNames.join(', ')}`,
    meaning: 'devices in order of preference; one name is strict, auto is cuda,cpu',
  },
  THREADS: { default: 'all cores', expects: 'a whole number from 1', meaning: 'threads for the models' },
  RUN_TIMEOUT_SEC: {
    default: '300',
    expects: 'a number from 0.001 to 2000000',
    meaning: 'one run of a model that takes longer counts as stuck',
  },
  RUN_QUEUE: {
    default: '64',
    expects: 'a whole number from 1',
    meaning: 'runs that may wait for the device',
  },
  MAX_IMAGE_SIZE_MB: { default: '10', expects: 'a number above 0', meaning: 'largest file' },
  MAX_MEGAPIXELS: {
    default: '50',
    expects: 'a number above 0',
    meaning: 'most pixels of a photo; 48-megapixel phone photos also exceed the sides',
  },
  MAX_LONG_SIDE: {
    default: '7680',
    expects: 'a whole number from 64',
    meaning: 'longest long side of a photo',
  },
  MAX_SHORT_SIDE: {
    default: '4320',
    expects: 'a whole number from 64',
    meaning: 'longest short side of a photo',
  },
  MIN_SIDE: { default: '64', expects: 'a whole number from 1', meaning: 'shortest side of a photo' },
  MAX_DECOMPRESSION_RATIO: {
    default: '1000',
    expects: 'a number above 0',
    meaning: 'decoded bytes ÷ file bytes, counted above 4 megapixels',
  },
  MAX_OUTPUT_MEGAPIXELS: {
    default: '48.77',
    expects: 'a number above 0',
    meaning: 'most pixels of a result; the default is 8064×6048',
  },
} as const satisfies Record<string, { default: string; expects: string; meaning: string }>;

/** Node fires a timer of more than 2³¹ − 1 ms at once. */
const LONGEST_TIMER_MS = 2_000_000_000;

type Variable = keyof typeof configVariables;

/** @throws CONFIG_INVALID naming every wrong variable, what was expected and what was received */
export function parseConfig(env: Environment): Config {
  const problems: string[] = [];

  function read<Value>(name: Variable, fallback: Value, parse: (text: string) => Value | undefined): Value {
    const text = env[name]?.trim();
    if (text === undefined || text === '') return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    problems.push(`${name}: expected ${configVariables[name].expects} but received '${text}'`);
    return fallback;
  }
  const positive = (text: string): number | undefined =>
    Number(text) > 0 && Number.isFinite(Number(text)) ? Number(text) : undefined;
  const whole =
    (from: number) =>
    (text: string): number | undefined =>
      /^\d+$/.test(text) && Number(text) >= from ? Number(text) : undefined;
  const scaled =
    (factor: number, most = Infinity) =>
    (text: string): number | undefined => {
      const value = Math.floor((positive(text) ?? 0) * factor);
      return value >= 1 && value <= most ? value : undefined;
    };

  const config: Config = {
    device: read('DEVICE', parseDevice('auto')!, parseDevice),
    threads: read<number | undefined>('THREADS', undefined, whole(1)),
    runLimitMs: read('RUN_TIMEOUT_SEC', 300_000, scaled(1000, LONGEST_TIMER_MS)),
    queueLimit: read('RUN_QUEUE', 64, whole(1)),
    limits: {
      maxFileBytes: read('MAX_IMAGE_SIZE_MB', defaultLimits.maxFileBytes, scaled(1024 * 1024)),
      maxDecompressionRatio: read('MAX_DECOMPRESSION_RATIO', defaultLimits.maxDecompressionRatio, positive),
      ratioCountsAbovePixels: defaultLimits.ratioCountsAbovePixels,
      maxLongSide: read('MAX_LONG_SIDE', defaultLimits.maxLongSide, whole(64)),
      maxShortSide: read('MAX_SHORT_SIDE', defaultLimits.maxShortSide, whole(64)),
      maxPixels: read('MAX_MEGAPIXELS', defaultLimits.maxPixels, scaled(1_000_000)),
      minSide: read('MIN_SIDE', defaultLimits.minSide, whole(1)),
      maxOutputPixels: read('MAX_OUTPUT_MEGAPIXELS', defaultLimits.maxOutputPixels, scaled(1_000_000)),
    },
  };
  if (problems.length > 0) throw new CutlineError('CONFIG_INVALID', { fields: { problems } });
  return config;
}

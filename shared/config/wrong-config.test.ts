// What is no value of a variable, and what is said of it.
import test from 'ava';
import { CutlineError } from '../errors.ts';
import { parseConfig } from './parse-config.ts';
import type { Environment, VariableName } from './variables.ts';
import { configVariables } from './variables.ts';

const names = Object.keys(configVariables) as VariableName[];

/** Whatever stands there is a value. */
const ANY_TEXT: readonly VariableName[] = ['DATA_DIR', 'MODELS_DIR', 'PROFILE_DIR'];

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
  ANONYMOUS: ['yes', '1'],
  ALLOWED_ORIGINS: [
    '*',
    'null',
    'shop.example',
    'https://shop.example/',
    'https://a.example,https://B.example',
  ],
  TRUSTED_PROXY_HOPS: ['-1', '11', 'true'],
  WARMUPS_PER_DAY: ['1.5', 'many'],
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

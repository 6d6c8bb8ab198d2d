import { spawnSync } from 'node:child_process';
import test from 'ava';
import { CutlineError } from '../errors.ts';
import type { LogFields, Logger } from '../log.ts';
import { commandLimit } from '../testing/until.ts';
import type { LoggerOptions } from './pino-log.ts';
import { createLogger } from './pino-log.ts';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';
const trace = `00-${id}-${span}-01`;
const job = '0123456789abcdef0123456789abcdef';

/** What is written when `use` logs, without the clock. */
function written(
  use: (log: Logger) => void,
  options: Partial<LoggerOptions> = {},
): Record<string, unknown>[] {
  const lines: string[] = [];
  use(createLogger({ level: 'debug', format: 'json', write: (line) => lines.push(line), ...options }));
  return lines.map((line) => {
    if (!/^[^\n]*\n$/.test(line)) throw new Error(`Expected one line but received ${JSON.stringify(line)}`);
    const { time, ...entry } = JSON.parse(line);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time))
      throw new Error(`Expected RFC 3339 for the time but received '${time}'`);
    return entry;
  });
}

/** The one entry of `message` with these fields. */
function entryOf(fields: LogFields, message = 'said'): Record<string, unknown> {
  return written((log) => log.warning(message, fields))[0]!;
}

test('An entry has Cloud Logging’s keys', (t) => {
  const use = (log: Logger): void => log.info('Ended', { trace, job, stage: 'segment', duration_ms: 12 });
  t.deepEqual(written(use, { project: 'my-project', service: 'segment' }), [
    {
      severity: 'INFO',
      message: 'Ended',
      job,
      stage: 'segment',
      duration_ms: 12,
      'logging.googleapis.com/trace': `projects/my-project/traces/${id}`,
      'logging.googleapis.com/spanId': span,
      'logging.googleapis.com/trace_sampled': true,
      'logging.googleapis.com/labels': { service: 'segment', job, stage: 'segment' },
    },
  ]);
});

test('Without a project a trace is its id, and what is no trace is left out', (t) => {
  t.is(entryOf({ trace })['logging.googleapis.com/trace'], id);
  t.deepEqual(entryOf({ trace: 'none' }), { severity: 'WARNING', message: 'said' });
});

test('Each level has its severity, and what is below the wanted one is not written', (t) => {
  const use = (log: Logger): void => {
    for (const level of ['debug', 'info', 'warning', 'error'] as const) log[level](level);
  };
  const all = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];
  for (const [index, level] of (['debug', 'info', 'warning', 'error'] as const).entries()) {
    const severities = written(use, { level }).map(({ severity }) => severity);
    t.deepEqual(severities, all.slice(index));
  }
});

test('A child’s lines have its fields, and a line’s own come before them', (t) => {
  const [line, other] = written((log) => {
    const child = log.child({ job, stage: 'upscale', tenant: 'shop' }).child({ stage: 'segment' });
    child.info('one', { tenant: 'other' });
    log.info('two');
  });
  const labels = { job, stage: 'segment' };
  t.deepEqual(line, {
    severity: 'INFO',
    message: 'one',
    job,
    stage: 'segment',
    tenant: 'other',
    'logging.googleapis.com/labels': labels,
  });
  t.deepEqual(other, { severity: 'INFO', message: 'two' });
});

test('An error is written with its code, its chain of causes and their stacks', (t) => {
  const system = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
  const middle = new TypeError('fetch failed', { cause: system });
  const error = new CutlineError('STORE_UNAVAILABLE', { message: 'reading the photo', cause: middle });
  const { error: logged, stack_trace: stack } = entryOf({ error });
  t.deepEqual(logged, {
    code: 'STORE_UNAVAILABLE',
    message: 'reading the photo',
    detail: 'Storage is unavailable. Please retry shortly.',
    causes: [
      { code: 'TypeError', message: 'fetch failed' },
      { code: 'ECONNREFUSED', message: 'connect refused' },
    ],
  });
  t.regex(
    stack as string,
    /^CutlineError: reading the photo\n +at .*\nCaused by: TypeError: fetch failed\n +at .*\nCaused by: Error: connect refused\n/s,
  );
});

const thrown: readonly (readonly [what: string, error: unknown, logged: unknown])[] = [
  ['a text', 'no', { code: 'none', message: 'no' }],
  ['null', null, { code: 'none', message: 'null' }],
  [
    'an object',
    { status: 503, token: 'hush' },
    { code: 'none', message: '{"status":503,"token":"[redacted]"}' },
  ],
  [
    'several at once',
    new AggregateError([new RangeError('first'), new Error('second')], 'all failed'),
    { code: 'AggregateError', message: 'all failed', causes: [{ code: 'RangeError', message: 'first' }] },
  ],
];

for (const [what, error, logged] of thrown) {
  test(`What was thrown may be ${what}`, (t) => {
    t.deepEqual(entryOf({ error }).error, logged);
  });
}

test('A chain of causes that bites its tail ends', (t) => {
  const one = new Error('one');
  one.cause = new Error('two', { cause: one });
  t.deepEqual(entryOf({ error: one }).error, {
    code: 'Error',
    message: 'one',
    causes: [{ code: 'Error', message: 'two' }],
  });
});

test('A field never takes the place of a key that every line has', (t) => {
  const fields = { message: 'mine', severity: 'mine', time: 'mine', 'logging.googleapis.com/trace': 'mine' };
  t.deepEqual(entryOf(fields), {
    severity: 'WARNING',
    message: 'said',
    message_: 'mine',
    severity_: 'mine',
    time_: 'mine',
    'logging.googleapis.com/trace_': 'mine',
  });
});

test('On a terminal a line is read by a person', (t) => {
  const lines: string[] = [];
  const log = createLogger({
    level: 'debug',
    format: 'text',
    write: (line) => lines.push(line),
    service: 'all',
  });
  log.info('Ended', { trace, job, stage: 'segment', duration_ms: 12.4, model: 'builtin/segment', bytes: 7 });
  log.warning('Tried again', {
    error: new CutlineError('INFERENCE_ERROR', { cause: new Error('no memory') }),
  });
  log.debug('Memory', { rss_mb: 80 });
  log.info('segment: started', { job, stage: 'segment' });
  log.error('Failed', { error: new CutlineError('IMAGE_CORRUPT') });
  log.error('Gave up', { error: Object.assign(new Error('why'), { stack: 'Error: why\n    at there' }) });
  const clock = /^\d\d:\d\d:\d\d /;
  t.true(lines.every((line) => clock.test(line)));
  t.deepEqual(
    lines.map((line) => line.replace(clock, '')),
    [
      'info  segment: Ended 12 ms model=builtin/segment bytes=7 (01234567)\n',
      'warn  Tried again INFERENCE_ERROR: Model inference failed ← Error: no memory\n',
      'debug Memory rss_mb=80\n',
      'info  segment: started (01234567)\n',
      'error Failed IMAGE_CORRUPT: The image is damaged and cannot be read\n',
      'error Gave up Error: why\n    Error: why\n        at there\n',
    ],
  );
});

test('A process that ends right after it wrote has written everything', (t) => {
  const module = new URL('pino-log.ts', import.meta.url).href;
  const program = `
    const { createLogger } = await import(${JSON.stringify(module)});
    const log = createLogger({ level: 'info', format: 'json' });
    for (let n = 0; n < 5000; n++) log.info('line', { n });
    process.exit(70);`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    maxBuffer: 1e8,
    ...commandLimit,
  });
  t.is(ended.status, 70);
  const lines = ended.stdout.toString().trimEnd().split('\n');
  t.is(lines.length, 5000);
  t.is(JSON.parse(lines.at(-1)!).n, 4999);
});

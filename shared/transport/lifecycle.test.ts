import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import type { LifecycleOptions } from './lifecycle.ts';
import { manageLifecycle } from './lifecycle.ts';
import { createLogger } from './pino-log.ts';

/** A lifecycle over a process that is none. What happens is written down in order. */
function managed(changes: Partial<LifecycleOptions> = {}, process = new EventEmitter()) {
  const events: string[] = [];
  const work = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<number>();
  const write = (line: string): void => {
    const { severity, message } = JSON.parse(line);
    events.push(`${severity} ${message}`);
  };
  const lifecycle = manageLifecycle({
    process,
    // A real timer, which holds the process: nothing here takes so long.
    drainMs: 10_000,
    log: createLogger({ level: 'debug', format: 'json', write }),
    onDrain() {
      events.push('drain');
      return work.promise;
    },
    exit(code) {
      events.push(`exit ${code}`);
      exited.resolve(code);
    },
    ...changes,
  });
  return { lifecycle, process, events, work, exited: exited.promise };
}

test('The first signal drains, and the process ends with 0 when the work is done', async (t) => {
  const { lifecycle, process, events, work, exited } = managed();
  t.false(lifecycle.draining);
  process.emit('SIGTERM');
  t.true(lifecycle.draining);
  await turn();
  t.deepEqual(events, ['INFO Ending', 'drain']);
  work.resolve();
  t.is(await exited, 0);
  t.deepEqual(events, ['INFO Ending', 'drain', 'INFO Ended', 'exit 0']);
});

test('Work that takes longer than it may is left', async (t) => {
  const { process, events, exited } = managed({ drainMs: 1 });
  process.emit('SIGINT');
  t.is(await exited, 0);
  t.deepEqual(events, [
    'INFO Ending',
    'drain',
    'WARNING Ended before everything was done: what is left will be delivered again',
    'exit 0',
  ]);
});

test('A drain that fails is logged and holds nothing up', async (t) => {
  const { process, events, work, exited } = managed();
  process.emit('SIGTERM');
  work.reject(new Error('no'));
  t.is(await exited, 0);
  t.true(events.includes('ERROR Ending failed'));
});

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  test(`A second signal, ${signal}, ends the process at once with ${code}`, async (t) => {
    const { process, events, exited } = managed();
    process.emit('SIGTERM');
    process.emit(signal);
    t.is(await exited, code);
    t.deepEqual(events, ['INFO Ending', 'drain', 'WARNING Ended at once', `exit ${code}`]);
  });
}

test('What can no longer work drains and ends with its code; a signal meanwhile is the first', async (t) => {
  const { lifecycle, process, events, work, exited } = managed();
  void lifecycle.exitWith(70);
  t.true(lifecycle.draining);
  void lifecycle.exitWith(71);
  process.emit('SIGTERM');
  await turn();
  t.deepEqual(events, ['INFO Ending', 'drain']);
  work.resolve();
  t.is(await exited, 70);
});

test('A process that ends because of a signal still ends with 0 when it breaks meanwhile', async (t) => {
  const { lifecycle, process, work, exited } = managed();
  process.emit('SIGTERM');
  void lifecycle.exitWith(70);
  work.resolve();
  t.is(await exited, 0);
});

for (const event of ['uncaughtException', 'unhandledRejection']) {
  test(`After ${event} the process ends at once with 1`, (t) => {
    const { process, events } = managed();
    process.emit(event, new Error('why'));
    t.is(events.length, 2);
    t.regex(events[0]!, /^ERROR /);
    t.is(events[1], 'exit 1');
  });
}

const OWNED = ['SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection'];

test('Listeners of others are taken off, whenever they come, and other events are theirs', async (t) => {
  const process = new EventEmitter();
  const heard: string[] = [];
  const listen = (): void => {
    for (const event of [...OWNED, 'exit']) process.on(event, () => heard.push(event));
  };
  listen();
  const { exited, work } = managed({}, process);
  listen();
  process.once('SIGTERM', () => heard.push('once'));
  await turn();
  for (const event of OWNED) t.is(process.listenerCount(event), 1, event);
  process.emit('SIGTERM');
  process.emit('exit');
  t.deepEqual(heard, ['exit', 'exit']);
  work.resolve();
  t.is(await exited, 0);
});

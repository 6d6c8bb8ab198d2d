import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Express, RequestHandler } from 'express';
import express from 'express';
import type { StageName } from '../card.ts';
import { CutlineError } from '../errors.ts';
import { createStageApp } from '../serve-stage.ts';
import type { StageRunner } from '../stage-runner.ts';
import { fakeLog } from '../testing/fake-log.ts';
import { contractMessage, contractRecord, stageRunnerContract } from '../testing/stage-runner-contract.ts';
import { soon } from '../testing/until.ts';
import type { HttpStageRunnerOptions } from './http-stage-runner.ts';
import { createHttpStageRunner } from './http-stage-runner.ts';
import type { JsonRequest } from './post-json.ts';

const limitMs = { run: 20_000, warmUp: 20_000 };
const noToken = async () => undefined;

async function listen(t: ExecutionContext, app: Express): Promise<string> {
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const everywhere = (url: string): Record<StageName, string> => ({ upscale: url, segment: url, effects: url });

stageRunnerContract(test, 'HTTP', async (t, { run, readiness, state }) => {
  const app = createStageApp({
    readiness,
    handler: { run, push: () => Promise.reject(new Error('Expected no push')) },
    state: async () => state,
    metrics: {
      figures: () => Promise.reject(new Error('Expected no look at the health')),
      text: async () => '',
      contentType: 'text/plain',
    },
    log: fakeLog(),
  });
  return createHttpStageRunner({ urls: everywhere(await listen(t, app)), idToken: noToken, limitMs });
});

/** A runner to a service that answers just so. */
async function against(
  t: ExecutionContext,
  handler: RequestHandler,
  options: Partial<HttpStageRunnerOptions> = {},
): Promise<StageRunner> {
  const url = await listen(t, express().use(handler));
  return createHttpStageRunner({ urls: everywhere(url), idToken: noToken, limitMs, ...options });
}

async function codeOf(t: ExecutionContext, answer: Promise<unknown>): Promise<string | undefined> {
  return (await t.throwsAsync(answer, { instanceOf: CutlineError }))?.code;
}

test('The trace goes along as a header, and what is no trace does not', async (t) => {
  const traces: unknown[] = [];
  const runner = await against(t, (request, response) => {
    traces.push(request.headers.traceparent);
    response.json(contractRecord);
  });
  for (const trace of [contractMessage.trace, '', 'two\r\nlines'])
    await runner.run({ ...contractMessage, trace });
  t.deepEqual(traces, [contractMessage.trace, undefined, undefined]);
});

test('A busy stage is asked again when it says so', async (t) => {
  const answers = [
    { status: 503, body: { error_code: 'BUSY', detail: '' } },
    { status: 503, body: { error_code: 'MODEL_LOADING', detail: '' } },
    // Cloud Run's own answers have no code.
    { status: 429, body: 'Rate exceeded.' },
    { status: 503, body: '<html>' },
  ];
  let asked = 0;
  const runner = await against(t, (_, response) => {
    const answer = answers[asked++];
    if (answer) response.status(answer.status).set('Retry-After', '0').send(answer.body);
    else response.json(contractRecord);
  });
  t.deepEqual(await runner.run(contractMessage), contractRecord);
  t.is(asked, 5);
});

const final: readonly (readonly [what: string, handler: RequestHandler, code: string])[] = [
  ['it does not say when', (_, response) => void response.status(503).json({ error_code: 'BUSY' }), 'BUSY'],
  [
    'it has worked on the photo',
    (_, response) =>
      void response.status(503).set('Retry-After', '0').json({ error_code: 'GPU_MEMORY_EXHAUSTED' }),
    'GPU_MEMORY_EXHAUSTED',
  ],
  [
    'that would be later than the call may last',
    (_, response) => void response.status(503).set('Retry-After', '21').json({ error_code: 'BUSY' }),
    'BUSY',
  ],
  [
    'that is a date too far away',
    (_, response) =>
      void response
        .status(503)
        .set('Retry-After', 'Fri, 31 Dec 2999 23:59:59 GMT')
        .json({ error_code: 'SHUTTING_DOWN' }),
    'SHUTTING_DOWN',
  ],
];

for (const [what, handler, code] of final) {
  test(`A stage is not asked again when ${what}`, async (t) => {
    let asked = 0;
    const runner = await against(t, (request, response, next) => {
      asked++;
      return handler(request, response, next);
    });
    t.is(await codeOf(t, runner.run(contractMessage)), code);
    t.is(asked, 1);
  });
}

test('A caller does not wait longer than he wants, whatever the stage asks for', async (t) => {
  const leaving = new AbortController();
  const runner = await against(t, (_, response) => {
    response.status(503).set('Retry-After', '10').json({ error_code: 'BUSY' });
    setImmediate(() => leaving.abort());
  });
  t.is(await codeOf(t, runner.run(contractMessage, leaving.signal)), 'CANCELLED');
});

const strange: readonly (readonly [what: string, handler: RequestHandler])[] = [
  ['sends elsewhere', (_, response) => response.redirect(307, '/elsewhere')],
  ['answers with a page', (_, response) => void response.send('<html>')],
  ['answers with another document', (_, response) => void response.json({ ok: true })],
  ['lets nobody in', (_, response) => void response.status(403).send('Forbidden')],
  ['is not there', (_, response) => void response.status(404).json({ error_code: 'NOT_FOUND' })],
  [
    'answers with an error that is none of ours',
    (_, response) => void response.status(500).json({ error_code: 'toString' }),
  ],
  [
    'answers with no end',
    (_, response) => void response.json({ ...contractRecord, notes: ['x'.repeat(1024 * 1024)] }),
  ],
  ['hangs up', (_, response) => void response.destroy()],
  [
    'hangs up in the middle',
    (_, response) => {
      response.set('Content-Length', '100').write('{"schema":1,');
      setImmediate(() => response.destroy());
    },
  ],
];

for (const [what, handler] of strange) {
  test(`A service that ${what} is unavailable`, async (t) => {
    let asked = 0;
    const runner = await against(t, (request, response, next) => {
      asked++;
      return handler(request, response, next);
    });
    const thrown = await t.throwsAsync(runner.run(contractMessage), { instanceOf: CutlineError });
    t.is(thrown?.code, 'STAGE_UNAVAILABLE');
    t.is(thrown?.detail, 'The segment stage is unavailable. Please retry shortly.');
    t.is(asked, 1);
  });
}

test('A kept connection that was closed from the other side is no trouble', async (t) => {
  const used = new WeakSet<object>();
  let asked = 0;
  const runner = await against(t, ({ socket }, response) => {
    asked++;
    if (used.has(socket)) return void socket.destroy();
    used.add(socket);
    response.json(contractRecord);
  });
  t.deepEqual(await runner.run(contractMessage), contractRecord);
  t.deepEqual(await runner.run(contractMessage), contractRecord);
  t.is(asked, 3);
});

test('A service that nobody runs, or that has no URL, is unavailable', async (t) => {
  const closed = createHttpStageRunner({ urls: everywhere('http://127.0.0.1:1'), idToken: noToken, limitMs });
  t.is(await codeOf(t, closed.run(contractMessage)), 'STAGE_UNAVAILABLE');
  const unknown = createHttpStageRunner({ urls: {}, idToken: noToken, limitMs });
  t.is(await codeOf(t, unknown.warmUp('effects')), 'STAGE_UNAVAILABLE');
});

test('A service that does not answer in time is unavailable, and is hung up on', async (t) => {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const runner = await against(t, (_, response) => void response.once('close', () => resolve()), {
    limitMs: { run: 1000, warmUp: 1000 },
  });
  t.is(await codeOf(t, runner.run(contractMessage)), 'STAGE_UNAVAILABLE');
  await t.notThrowsAsync(soon('the connection to be closed', gone));
});

test('A token for the service’s base URL is sent over HTTPS, and none over HTTP', async (t) => {
  const asked: string[] = [];
  const sent: { url: string; authorization: string | undefined }[] = [];
  const idToken = async (audience: string) => {
    asked.push(audience);
    return `token-${asked.length}`;
  };
  const post = async (url: URL, _: unknown, { headers }: JsonRequest) => {
    sent.push({ url: url.href, authorization: headers.authorization });
    return { status: 200, headers: {}, body: contractRecord };
  };
  for (const base of ['https://segment.example/', 'https://gate.example/segment', 'http://segment:8080'])
    await createHttpStageRunner({ urls: { segment: base }, idToken, limitMs, post }).run(contractMessage);
  t.deepEqual(asked, ['https://segment.example', 'https://gate.example/segment']);
  t.deepEqual(sent, [
    { url: 'https://segment.example/run', authorization: 'Bearer token-1' },
    { url: 'https://gate.example/segment/run', authorization: 'Bearer token-2' },
    { url: 'http://segment:8080/run', authorization: undefined },
  ]);
});

test('Without a token the service is unavailable, and nothing is sent', async (t) => {
  const idToken = () => Promise.reject(new Error('no credentials'));
  const post = () => Promise.reject(new Error('Expected no request'));
  const urls = everywhere('https://stage.example');
  const runner = createHttpStageRunner({ urls, idToken, limitMs, post });
  const thrown = await t.throwsAsync(runner.run(contractMessage), { instanceOf: CutlineError });
  t.is(thrown?.code, 'STAGE_UNAVAILABLE');
  const { cause } = thrown!;
  t.true(cause instanceof Error && cause.message === 'no credentials');
});

// Against a running npm run serve, and against services that are not well.
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { encode } from '../../shared/image/codec.ts';
import { listen } from '../../shared/testing/push-server.ts';
import { quietPort } from '../../shared/testing/quiet-port.ts';
import { diskOf } from './testdata/job-on-disk.ts';
import { dataFolder, serve } from './testdata/serving.ts';
import { runTool } from './testdata/tool.ts';

const bear = fileURLToPath(new URL('../../models/samples/plush-bear.jpg', import.meta.url));

interface Line {
  readonly name: string;
  readonly ok: boolean;
  readonly ms?: number;
  readonly detail: string;
  readonly target?: { readonly text: string; readonly reached: boolean };
}

const smoke = (url: string, ...args: string[]) => runTool('smoke.ts', ['--url', url, ...args]);
const linesOf = (stdout: string): Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a service that is well passes every check, beside the brief’s targets, and nothing is left of the job', async (t) => {
  const data = await dataFolder(t);
  const serving = await serve(t, { data });
  await serving.logged('Serving');
  const { code, stdout, stderr } = await smoke(
    serving.url,
    '--requests',
    '2',
    '--cold',
    '--idle',
    '0.001',
    '--json',
  );
  t.is(stderr, '');
  t.is(code, 0, stdout);
  const lines = linesOf(stdout);
  t.deepEqual(
    lines.map(({ name, target }) => [name, target?.text]),
    [
      ['startup', undefined],
      ['health', undefined],
      ['first request', undefined],
      ['warm request', '0.09–0.58 s'],
      ['slowest', 'P99 < 20 s'],
      ['job', undefined],
      // It has one only where a start was seen.
      ['cold request', lines.at(-1)!.target?.text],
    ],
  );
  t.true(lines.every(({ ok, ms }) => ok && ms! > 0));
  t.is(lines[2]!.detail, 'PNG 1200×1200 by builtin/segment');
  t.is(lines[5]!.detail, '2400×2400: upscaled, cutout, enhanced-bw, color; and deleted');
  const left = (await diskOf(data).names('jobs/')).filter((name) => name.includes('/upscale'));
  t.deepEqual(left, []);
});

test('for a person it is a table and a verdict; a photo of one’s own will do', async (t) => {
  const serving = await serve(t, { data: await dataFolder(t) });
  await serving.logged('Serving');
  const { code, stdout } = await smoke(serving.url, '--requests', '1', '--photo', bear);
  t.is(code, 0, stdout);
  t.regex(stdout, /^ok {5}startup +\d+\.\d\d s +ready$/m);
  t.regex(stdout, /^ok {5}slowest +\d+\.\d\d s brief P99 < 20 s: (reached|missed) +of 1$/m);
  t.regex(stdout, /\n(All is well|All answers are right; targets missed: .*)\.\n$/);
});

test('a key is needed where the service wants one', async (t) => {
  const serving = await serve(t, { data: await dataFolder(t), env: { ANONYMOUS: 'false' } });
  await serving.logged('Serving');
  const { code, stdout } = await smoke(serving.url, '--json');
  t.is(code, 1);
  t.like(linesOf(stdout).at(-1), { name: 'first request', ok: false });
  t.regex(linesOf(stdout).at(-1)!.detail, /^401 .*UNAUTHORIZED/);
});

/** A service that says it is ready and healthy, and answers all else as the test wants. */
async function other(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/startup') response.end('{"status": "ready"}');
    else if (request.url === '/health') response.end('{"status": "healthy"}');
    else answer(request, response);
    request.resume();
  });
  return `http://127.0.0.1:${await listen(t, server)}`;
}

test('a service that is not ready fails at once', async (t) => {
  const server = createServer((_, response) => response.writeHead(503).end('{"status": "not_ready"}'));
  const { code, stdout } = await smoke(`http://127.0.0.1:${await listen(t, server)}`, '--json');
  t.is(code, 1);
  t.deepEqual(
    linesOf(stdout).map(({ name, ok, detail }) => ({ name, ok, detail })),
    [{ name: 'startup', ok: false, detail: '503 {"status": "not_ready"}' }],
  );
});

test('nobody at the address fails, with the reason', async (t) => {
  const { code, stdout } = await smoke(`http://127.0.0.1:${await quietPort()}`);
  t.is(code, 1);
  t.regex(stdout, /^FAILED startup .*ECONNREFUSED/m);
  t.regex(stdout, /\nNot well: failed: startup\.\n$/);
});

test('a picture of another size, or none at all, is a failure although the status is 200', async (t) => {
  const data = new Uint8Array(8 * 8 * 4);
  const small = await encode({ width: 8, height: 8, channels: 4, data }, { format: 'png' });
  for (const [body, says] of [
    [small, 'Expected a PNG of 1200×1200 but received PNG 8×8'],
    [Buffer.from('<html>'), 'Unsupported file format'],
  ] as const) {
    const url = await other(t, (_, response) => response.end(body));
    const { code, stdout } = await smoke(url, '--json');
    t.is(code, 1);
    const last = linesOf(stdout).at(-1)!;
    t.false(last.ok);
    t.true(last.detail.includes(says), last.detail);
  }
});

test('who says "later" is asked again after the time it named, and each file is another', async (t) => {
  const bodies: string[] = [];
  const url = await other(t, async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    bodies.push(/smoke [0-9a-f-]{36}/.exec(Buffer.concat(parts).toString('latin1'))![0]);
    if (bodies.length === 1) response.writeHead(503, { 'retry-after': '1' }).end('{}');
    else response.writeHead(500).end('{"error_code": "INTERNAL"}');
  });
  const { code, stdout } = await smoke(url, '--json');
  t.is(code, 1);
  const last = linesOf(stdout).at(-1)!;
  t.is(last.detail, '500 {"error_code": "INTERNAL"}');
  t.true(last.ms! >= 1000);
  t.is(bodies.length, 2);
});

const wrong: readonly (readonly [args: string[], says: RegExp])[] = [
  [[], /Expected the address of a service for --url but received ''/],
  [['--url', 'storefront'], /Expected the address of a service for --url but received 'storefront'/],
  [['--url', 'http://127.0.0.1:9', '--requests', '0'], /Expected 1 to 1000 for --requests but received '0'/],
  [
    ['--url', 'http://127.0.0.1:9', '--idle', 'long'],
    /Expected minutes above 0 for --idle but received 'long'/,
  ],
  [
    ['--url', 'http://127.0.0.1:9', '--photo', import.meta.filename],
    /Expected a JPEG for --photo but received INVALID_FORMAT/,
  ],
  [['--nope'], /Unknown option '--nope'/],
];

for (const [args, says] of wrong) {
  test(`smoke ${args
    .slice(0, 4)
    .map((arg) => arg.split('/').at(-1))
    .join(' ')} is wrong usage`, async (t) => {
    const { code, stderr } = await runTool('smoke.ts', args);
    t.is(code, 2);
    t.regex(stderr, says);
    t.true(stderr.endsWith('See --help.\n'));
  });
}

test('smoke --help says how it is used', async (t) => {
  const { code, stdout } = await runTool('smoke.ts', ['--help']);
  t.is(code, 0);
  t.true(stdout.includes('npm run smoke -- --url URL'));
});

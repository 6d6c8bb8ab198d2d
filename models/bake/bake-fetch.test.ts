// The command's downloads, end to end: a row whose address is nowhere, and a mirror on this machine.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { bake, makeWeights, scratch, whereOnnx } from './testdata/baking.ts';

const SIDE = 256;

interface Site {
  readonly source: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly out: string;
  cached(): string[];
}

/** A manifest of one row, its file, and a mirror that answers with `body`; it hangs after it where `whole` is false. */
async function site(
  t: ExecutionContext,
  { body, whole = true, sha256 }: { body?: Buffer; whole?: boolean; sha256?: string | null } = {},
): Promise<Site> {
  const folder = scratch(t);
  const source = join(folder, 'source.onnx');
  await makeWeights('birefnet', source, `${SIDE}`);
  const content = readFileSync(source);
  const served = body ?? content;
  const server = createServer((request, response) => {
    if (request.url !== '/models/v1/tiny.onnx') return void response.writeHead(404).end();
    response.setHeader('content-length', whole ? served.length : served.length * 2);
    if (whole) response.end(served);
    else response.write(served);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const known = sha256 === undefined ? createHash('sha256').update(content).digest('hex') : sha256;
  const url = 'https://nowhere.invalid/v1/tiny.onnx';
  const row = {
    ...{ id: 'tiny', stage: 'segment', file: 'tiny', builtin: false, title: 'tiny', licence: 'MIT' },
    bake: {
      format: 'onnx',
      sources: [{ what: 'tiny', url, sha256: known, bytes: null, licence: 'MIT' }],
      output: 'output_image',
      shapes: [[SIDE, SIDE]],
      activation: 'sigmoid',
    },
  };
  const [manifest, cache] = [join(folder, 'manifest.json'), join(folder, 'cache')];
  writeFileSync(manifest, JSON.stringify({ models: [row] }));
  mkdirSync(cache);
  return {
    source,
    args: ['tiny', '--manifest', manifest, '--cache', cache],
    env: { CUTLINE_MODEL_MIRROR: `http://127.0.0.1:${(server.address() as AddressInfo).port}/models` },
    out: join(folder, 'out'),
    cached: () => readdirSync(cache),
  };
}

const card = (out: string) => JSON.parse(readFileSync(join(out, 'tiny.json'), 'utf8'));

whereOnnx(
  'A model is fetched from the mirror, checked and baked, and the card names its authors',
  async (t) => {
    const { args, env, out, cached } = await site(t);
    const { code, stdout, stderr, files } = await bake(out, args, env);
    t.is(code, 0, stderr);
    t.deepEqual(files, ['tiny.data', 'tiny.json', 'tiny.onnx']);
    t.is(card(out).sources[0].url, 'https://nowhere.invalid/v1/tiny.onnx');
    t.regex(stdout, /tiny\.onnx: 100 % of 0\.0 MB/);
    t.is(cached().length, 1);
  },
);

whereOnnx('A wrong file is refused and not kept', async (t) => {
  const { args, env, out, cached } = await site(t, { body: Buffer.from('something else') });
  const { code, stderr, files } = await bake(out, args, env);
  t.is(code, 1);
  t.regex(
    stderr,
    /^Expected sha256 [0-9a-f]{64} for tiny\.onnx but received [0-9a-f]{64} .*nothing was kept\.\n$/,
  );
  t.deepEqual([files, cached()], [[], []]);
});

whereOnnx(
  'A file without a known checksum is fetched only by --trust-on-first-use, which says what to pin',
  async (t) => {
    const { args, env, out, source } = await site(t, { sha256: null });
    const refused = await bake(out, args, env);
    t.is(refused.code, 1);
    t.regex(refused.stderr, /--trust-on-first-use/);
    const trusted = await bake(out, [...args, '--trust-on-first-use'], env);
    t.is(trusted.code, 0, trusted.stderr);
    const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex');
    t.true(trusted.stdout.includes(`"sha256": "${sha256}"`));
    t.is(card(out).sources[0].sha256, sha256);
  },
);

whereOnnx(
  'An interrupted download leaves no model, and what has arrived is kept for the next time',
  async (t) => {
    const { args, env, out, cached } = await site(t, { body: Buffer.alloc(1000), whole: false });
    let sent = false;
    const interrupt = (pid: number): void => {
      if (sent || !cached().some((name) => name.endsWith('.part'))) return;
      sent = true;
      process.kill(pid, 'SIGINT');
    };
    const { code, stderr, files } = await bake(out, args, env, interrupt);
    t.is(code, 130);
    t.is(stderr, 'Interrupted: the model in work was not written.\n');
    t.deepEqual(files, []);
    t.is(cached().length, 1);
    t.regex(cached()[0]!, /-tiny\.onnx\.part$/);
  },
);

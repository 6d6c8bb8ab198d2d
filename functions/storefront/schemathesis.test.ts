// The running storefront held against its own document by schemathesis (https://schemathesis.io), which sends what the
// document allows and what it does not, and looks whether the answers are those that are promised.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { commandLimit, until } from '../../shared/testing/until.ts';
import { writePhoto } from '../local/testdata/command.ts';
import { dataFolder, serve } from '../local/testdata/serving.ts';

const binary = process.env.SCHEMATHESIS;
const SHOP_KEY = 'a-shop-key-for-schemathesis';
const OPERATOR_KEY = 'an-operator-key-for-schemathesis';
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

interface Begun {
  readonly job: string;
  readonly token: string;
}

if (binary === undefined)
  test.skip('The storefront is not held against its document: SCHEMATHESIS names no schemathesis', () => {});
else
  test('The running storefront answers as its document says', async (t) => {
    t.timeout(600_000);
    const base = await serveStorefront(t);
    const folder = await mkdtemp(join(tmpdir(), 'cutline-schemathesis-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const photo = join(folder, 'disc.png');
    await writePhoto(photo, 96, 80);
    const begin = async (): Promise<Begun> => await beginJob(base, photo);
    const [read, deleted] = [await begin(), await begin()];
    for (const begun of [read, deleted]) await completed(base, begun);
    const answer = await fetch(`${base}/openapi.json`);
    t.is(answer.status, 200);
    const document = join(folder, 'openapi.json');
    await writeFile(document, await answer.text());
    const config = join(folder, 'schemathesis.toml');
    await writeFile(config, configOf(read, deleted));
    const { code, output } = await run(
      folder,
      ['--config-file', config, 'run', document, '--url', base, '--checks', checks.join()],
      ['--phases', 'examples,coverage,fuzzing', '--max-examples', '15', '--seed', '6', '--no-shrink'],
      ['--request-timeout', '60', '--generation-database', 'none', '--suppress-health-check', 'all'],
      ['--no-color', '--output-truncate', 'false', '--warnings', 'off'],
    );
    t.is(code, 0, output.slice(-20_000));
    // It is said how many of them there were.
    t.true(Number(/Test cases:\s+(\d+) generated/.exec(output)?.[1]) > 1000, output.slice(-2000));
  });

async function serveStorefront(t: ExecutionContext): Promise<string> {
  const hash = (key: string) => createHash('sha256').update(key).digest('hex');
  const env = {
    TENANTS: JSON.stringify({ shop: { keys: [hash(SHOP_KEY)], tier: 'pro' } }),
    OPERATOR_KEYS: hash(OPERATOR_KEY),
    RATE_LIMIT_PER_MINUTE: '1000000',
    RATE_LIMIT_PER_SECOND: '1000000',
    // Pictures by chance are small.
    MIN_SIDE: '1',
  };
  const serving = await serve(t, { data: await dataFolder(t), env });
  await serving.logged('Serving');
  // At the root the probes and metrics are those of all functions together.
  return `${serving.url}/functions/storefront`;
}

async function beginJob(base: string, photo: string): Promise<Begun> {
  const body = new FormData();
  body.set('image', await openAsBlob(photo), 'disc.png');
  return (await (await fetch(`${base}/jobs`, { method: 'POST', body })).json()) as Begun;
}

async function completed(base: string, { job, token }: Begun): Promise<void> {
  const headers = { 'x-job-token': token };
  const isCompleted = async (): Promise<boolean> => {
    const state = (await (await fetch(`${base}/jobs/${job}`, { headers })).json()) as { status: string };
    if (['queued', 'processing', 'completed'].includes(state.status)) return state.status === 'completed';
    throw new Error(JSON.stringify(state));
  };
  await until(`${job} to be completed`, isCompleted);
}

/** A job that is there for all that read it, another to be deleted, and the keys where keys are asked for. */
function configOf(read: Begun, deleted: Begun): string {
  return `
headers = { X-Job-Token = "${read.token}" }
[parameters]
"path.job" = "${read.job}"
"path.task" = "${read.job}"
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", "503", "504"]
[[operations]]
include-operation-id = "deleteJob"
headers = { X-Job-Token = "${deleted.token}" }
parameters = { "path.job" = "${deleted.job}" }
[[operations]]
include-operation-id = "createToken"
headers = { X-API-Key = "${SHOP_KEY}" }
[[operations]]
include-operation-id = "readMetrics"
headers = { X-API-Key = "${OPERATOR_KEY}" }
`;
}

async function run(cwd: string, ...args: readonly string[][]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, PYTHONUNBUFFERED: '1' };
  const child = spawn(binary!, args.flat(), { cwd, env, ...commandLimit });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

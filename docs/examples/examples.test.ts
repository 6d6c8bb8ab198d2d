// The examples do what they say, against a running service with the built-in models.
import { execFile, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { decode } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { RealStages } from '../../shared/testing/brief-rig.ts';
import { openRealStages, serveBrief } from '../../shared/testing/brief-rig.ts';
import { listen } from '../../shared/testing/push-server.ts';
import { commandLimit } from '../../shared/testing/until.ts';

const here = import.meta.dirname;
const sample = join(here, '../../models/samples/plush-fox.jpg');
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
const run = (command: string, args: readonly string[], cwd = here) =>
  promisify(execFile)(command, args, { cwd, env, ...commandLimit });

/** What a reader needs for an example; the house itself needs neither. */
function withTool(name: string): typeof test | typeof test.skip {
  if (spawnSync(name, ['--version'], commandLimit).status === 0) return test;
  test(`${name} is not installed: its examples are skipped`, (t) => t.pass());
  return test.skip;
}
const withCurl = withTool('curl');
const withPython = withTool('python3');

let real: RealStages;
test.before(async (t) => {
  t.timeout(120_000);
  real = await openRealStages();
});
test.after.always(() => real?.stages.close());

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'cutline-examples-'));
  t.teardown(() => rm(path, { recursive: true }));
  return path;
}

async function isCutOut(t: ExecutionContext, file: Uint8Array): Promise<void> {
  const { picture, format } = await decode(file, defaultLimits);
  t.is(format, 'PNG');
  t.true(picture.alpha!.includes(0) && picture.alpha!.includes(255));
}

withCurl('curl: three lines', async (t) => {
  t.timeout(120_000);
  const { base } = await serveBrief(t, real);
  const cwd = await folder(t);
  await copyFile(sample, join(cwd, 'portrait.jpg'));
  const lines = (await readFile(join(here, 'curl.sh'), 'utf8')).replaceAll('http://127.0.0.1:55433', base);
  const { stdout } = await run('bash', ['-eu', '-c', lines], cwd);
  t.regex(stdout, /Processing time: \d+\.\d+s/);
  t.regex(stdout, /"status":"healthy"/);
  for (const name of ['output_nobg.png', 'my_custom_output.png'])
    await isCutOut(t, await readFile(join(cwd, name)));
});

test('fetch: a picture with what is known of it, or an error with the service’s own words', async (t) => {
  t.timeout(120_000);
  const { base } = await serveBrief(t, real);
  const { removeBackground } = await import(new URL('remove-background.mjs', import.meta.url).href);
  const photo = new Blob([await readFile(sample)]);
  const done = await removeBackground(photo, { endpoint: base });
  await isCutOut(t, new Uint8Array(await done.blob.arrayBuffer()));
  t.is(done.modelVersion, 'builtin/segment');
  t.regex(String(done.originalSize), /^\d+x\d+$/);
  t.is(typeof done.processingTimeMs, 'number');
  const error: Error = await t.throwsAsync(removeBackground(new Blob(['%PDF-1.4']), { endpoint: base }));
  t.like(error, { code: 'INVALID_FORMAT', status: 400 });
  t.regex(error.message, /^Unsupported file format/);
});

withPython('Python: one file, and what the headers say of it', async (t) => {
  t.timeout(120_000);
  const { base } = await serveBrief(t, real);
  const output = join(await folder(t), 'out.png');
  const script = join(here, 'remove_background.py');
  const { stdout } = await run('python3', [script, sample, output, base]);
  t.regex(
    stdout,
    /^Processing time: \d+\.\d ms\nOriginal size: \d+x\d+\nModel: builtin\/segment\nOutput file: \d+\.\d KB\n$/,
  );
  await isCutOut(t, await readFile(output));
  const wrong = await t.throwsAsync(run('python3', [script, script, output, base]));
  t.regex((wrong as Error & { stderr: string }).stderr, /^INVALID_FORMAT: Unsupported file format/);
});

withPython(
  'Python: a folder, three at once; what passes is tried again, and failures are listed',
  async (t) => {
    t.timeout(120_000);
    const { base } = await serveBrief(t, real);
    const passing = [429, 503, 503];
    const three = Promise.withResolvers<void>();
    let [atOnce, most] = [0, 0];
    // In front of the service: it refuses the first three, when all of them are there, and sees how many ask at once.
    const front = createServer(async (request, response) => {
      most = Math.max(most, ++atOnce);
      response.once('close', () => atOnce--);
      const body = Buffer.concat(await Array.fromAsync(request));
      const status = passing.shift();
      if (status !== undefined) {
        if (passing.length === 0) three.resolve();
        await three.promise;
        response.writeHead(status, { 'Retry-After': '1', 'Content-Type': 'application/json' });
        return response.end('{"error_code": "BUSY", "detail": "busy"}');
      }
      const headers = { 'content-type': request.headers['content-type']! };
      const answer = await fetch(base + request.url, { method: 'POST', headers, body });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    const url = `http://127.0.0.1:${await listen(t, front)}`;
    const photos = join(await folder(t), 'portraits');
    await mkdir(photos);
    for (const name of ['a.jpg', 'b "two".jpg', 'c.jpg', 'd.jpg']) await copyFile(sample, join(photos, name));
    await writeFile(join(photos, 'broken.png'), 'no picture');
    await writeFile(join(photos, 'notes.txt'), 'left alone');
    const output = join(await folder(t), 'out');
    const batch = run('python3', [join(here, 'remove_backgrounds.py'), photos, output, url]);
    const { stdout } = (await t.throwsAsync(batch)) as Error & { stdout: string };
    t.regex(stdout, /^Processed 5 images: 4 succeeded, 1 failed\n {2}broken\.png: Unsupported file format/);
    t.deepEqual((await readdir(output)).sort(), [
      'a_nobg.png',
      'b "two"_nobg.png',
      'c_nobg.png',
      'd_nobg.png',
    ]);
    await isCutOut(t, await readFile(join(output, 'd_nobg.png')));
    t.deepEqual(passing, []);
    t.is(most, 3);
  },
);

withPython('Python: 4 to 60 seconds between tries, unless the service says how many', async (t) => {
  const ask = [
    'import sys',
    `sys.path.insert(0, ${JSON.stringify(here)})`,
    'from remove_backgrounds import back_off',
    'print([back_off(failures) for failures in range(1, 7)], back_off(1, "17"), back_off(2, "soon"))',
  ];
  const { stdout } = await run('python3', ['-c', ask.join('\n')]);
  t.is(stdout, '[4, 8, 16, 32, 60, 60] 17 8\n');
});

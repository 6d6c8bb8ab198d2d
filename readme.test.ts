// What the README tells a reader to type is typed here.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { decode } from './shared/image/codec.ts';
import { defaultLimits } from './shared/image/limits.ts';
import { commandLimit, soon, until } from './shared/testing/until.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, body]) => body!,
  );
}

const commands = blocks('sh')
  .flatMap((block) => block.split('\n'))
  .filter((line) => line.startsWith('npm start'));

test('The README leads with the two commands', (t) => {
  t.is(blocks('sh')[0], 'npm start\nnpm test\n');
  t.true(commands.length >= 3);
});

for (const command of commands) {
  test.serial(`This works as it stands: ${command}`, (t) => {
    const out = mkdtempSync(join(tmpdir(), 'cutline-readme-'));
    t.teardown(() => rmSync(out, { recursive: true }));
    const separator = command.includes(' -- ') ? '' : ' --';
    const { status, stdout, stderr } = spawnSync(`${command}${separator} --out ${out}`, {
      cwd: root,
      shell: true,
      encoding: 'utf8',
      ...commandLimit,
    });
    t.is(status, 0, stderr);
    t.true(existsSync(join(out, 'contact-sheet.png')));
    if (command.includes('--json')) {
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      t.true(lines.length >= 3 && lines.every(({ ok }) => ok));
    }
  });
}

test('The JSON that the README shows has the keys that the command writes', (t) => {
  const out = mkdtempSync(join(tmpdir(), 'cutline-readme-'));
  t.teardown(() => rmSync(out, { recursive: true }));
  const args = [
    `${root}functions/local/cli.ts`,
    `${root}models/samples/toy-robot.jpg`,
    '--effects',
    'color',
    '--json',
    '--out',
    out,
  ];
  const written = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', ...commandLimit }));
  const shown = JSON.parse(blocks('json')[0]!);
  t.deepEqual(Object.keys(shown).sort(), Object.keys(written).sort());
  t.deepEqual(Object.keys(shown.timings_ms).sort(), Object.keys(written.timings_ms).sort());
});

/** `npm run serve` as a reader has it, on a port of its own. */
async function serveHere(
  t: ExecutionContext,
): Promise<{ data: string; address: string; isRunning(): boolean }> {
  const data = mkdtempSync(join(tmpdir(), 'cutline-serve-'));
  const args = ['run', '--silent', 'serve', '--', '--data', data, '--port', '0'];
  // A group of its own: the signal that ends it has to reach what npm started.
  const serving = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  const ended = once(serving, 'exit');
  t.teardown(async () => {
    process.kill(-serving.pid!, 'SIGTERM');
    await soon('the end of npm', ended);
    // npm ends before what it started does.
    rmSync(data, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 });
  });
  let text = '';
  serving.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const isRunning = (): boolean => serving.exitCode === null;
  const said = (): string | undefined =>
    text.split('\n').find((line) => line.includes('"message":"Serving"') && line.endsWith('}'));
  await until(
    'it to serve',
    () => said() !== undefined || !isRunning(),
    () => text,
  );
  return { data, address: JSON.parse(said() ?? '{}').address ?? '', isRunning };
}

test.serial('npm run serve takes the photo that the README copies', async (t) => {
  t.true(readme.includes('npm run serve\ncp models/samples/plush-fox.jpg .cutline/uploads/\n'));
  const { data, isRunning } = await serveHere(t);
  copyFileSync(join(root, 'models/samples/plush-fox.jpg'), join(data, 'uploads/plush-fox.jpg'));
  const done = () => globSync(join(data, 'results/jobs/*/effects/color.png'));
  await until('the photo to be done', () => done().length > 0 || !isRunning());
  t.is(done().length, 1);
});

test.serial('The curl lines take a newcomer from a photo to its cut-out on red', async (t) => {
  const { data, address } = await serveHere(t);
  const [lines] = blocks('sh').filter((block) => block.includes('/events?token='));
  const here = (block: string): string =>
    block.replaceAll('http://127.0.0.1:55433', address).replaceAll('@models/', `@${root}models/`);
  const { status, stdout, stderr } = spawnSync('bash', ['-eu', '-o', 'pipefail', '-c', here(lines!)], {
    cwd: data,
    encoding: 'utf8',
    ...commandLimit,
  });
  t.is(status, 0, stderr);
  t.regex(stdout, /"token":"[^"]{43}"/);
  t.regex(stdout, /event: completed/);
  const { picture, format } = await decode(readFileSync(join(data, 'fox-on-red.jpg')), defaultLimits);
  t.is(format, 'JPEG');
  const [red, green, blue] = picture.data;
  t.true(red! > 190 && green! < 60 && blue! < 60, 'its corner is as red as it was asked for');
  const [other] = blocks('sh').filter((block) => block.includes('/v1.0/removebg'));
  const removed = spawnSync('bash', ['-euc', here(other!)], { cwd: data, encoding: 'utf8', ...commandLimit });
  t.is(removed.status, 0, removed.stderr);
  const noBackground = await decode(readFileSync(join(data, 'no-bg.png')), defaultLimits);
  t.truthy(noBackground.picture.alpha);
});

const measurements = [
  [['steps', 'models/samples/toy-robot.jpg', '1'], /\d+ ms/],
  [['encode', 'docs/looks.jpg'], /CPU ms +ms +MB.*\npng 2 adaptive +\d+ +\d+ +\d/s],
] as const;
for (const [args, row] of measurements) {
  test.serial(`A measurement runs: npm run bench ${args.join(' ')}`, (t) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bench/run.ts', ...args], {
      cwd: root,
      encoding: 'utf8',
      ...commandLimit,
    });
    t.is(status, 0, stderr);
    t.regex(stdout, row);
  });
}

test('An unknown measurement is wrong usage, and those that exist are named', (t) => {
  const { status, stderr } = spawnSync(process.execPath, ['bench/run.ts', 'speed'], {
    cwd: root,
    encoding: 'utf8',
    ...commandLimit,
  });
  t.is(status, 2);
  t.regex(stderr, /^Expected one of (\w+, )*effects, (\w+, )*steps, encode but received 'speed'\.\n$/);
});

test('The curl lines that the examples’ test runs are the README’s', (t) => {
  const lines = readFileSync(`${root}docs/examples/curl.sh`, 'utf8').split('\n');
  const curls = lines.filter((line) => line.startsWith('curl '));
  t.is(curls.length, 3);
  for (const line of curls) t.true(readme.includes(line), line);
});

test('Every picture and file that the README links to is there', (t) => {
  const links = [...readme.matchAll(/\]\((?<path>[^)#:]+)\)/g)].map(({ groups }) => groups!.path!);
  t.true(links.length >= 3);
  for (const link of links) t.true(existsSync(join(root, link)), link);
});

const withPython = process.env.BAKE_PYTHON ? test : test.skip;

withPython('The look of the reader’s own is a graph that runs', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cutline-look-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const script = [
    'import sys',
    `sys.path.insert(0, ${JSON.stringify(`${root}models/bake`)})`,
    'import numpy as np',
    'import onnxruntime',
    'from builtin_effects_blocks import NUMBER, look',
    'from graph import Graph',
    blocks('python')[0]!,
    'session = onnxruntime.InferenceSession(sepia().model().SerializeToString())',
    "feeds = {'image': np.full((1, 4, 4, 3), 200, np.uint8), 'origin': np.zeros(2, np.int32)}",
    "made = session.run(None, {**feeds, 'strength': np.ones(1, np.float32)})[0]",
    'assert made.shape == (1, 4, 4, 3) and made[0, 0, 0].tolist() == [200, 172, 132], made[0, 0, 0]',
  ];
  writeFileSync(join(folder, 'look.py'), script.join('\n'));
  t.notThrows(() => execFileSync(process.env.BAKE_PYTHON!, [join(folder, 'look.py')], commandLimit));
});

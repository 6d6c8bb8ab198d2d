// The command as a child process: wrong usage, photos that fail, and interruptions.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import manifest from '../../package.json' with { type: 'json' };
import { lookNames } from '../effects/looks.ts';
import { flags } from './flags.ts';
import { filesBelow, newFolder, runCommand, writePhoto } from './testdata/command.ts';

test.serial('--help names every flag and every look', async (t) => {
  const { code, stdout, stderr } = await runCommand(['--help']);
  t.deepEqual([code, stderr], [0, '']);
  for (const { flag } of flags) t.true(stdout.includes(`--${flag}`), flag);
  for (const look of lookNames) t.true(stdout.includes(`\n  ${look} `), look);
});

test.serial('--version is that of package.json', async (t) => {
  const { code, stdout } = await runCommand(['--version']);
  t.deepEqual([code, stdout], [0, `${manifest.version}\n`]);
});

const usages: readonly { name: string; args: string[]; env?: Record<string, string>; says: RegExp }[] = [
  {
    name: 'an unknown flag',
    args: ['--sacle', '2'],
    says: /^Unknown option '--sacle'.* Expected options as in --help\.\n$/,
  },
  {
    name: 'a wrong scale',
    args: ['--scale', '3'],
    says: /^Expected 1\|2\|4 for --scale but received '3'\.\n$/,
  },
  {
    name: 'an unknown look',
    args: ['--effects', 'color,sepia'],
    says: /^Expected all, none or some of .*color.* for --effects but received 'sepia'\.\n$/,
  },
  {
    name: 'an unknown model',
    args: ['--model', 'huge'],
    says: /^MODEL_NOT_FOUND: .*'huge'\. Available: builtin\/segment \(known but not baked: birefnet-general, .*\)\n$/,
  },
  {
    name: 'an unknown upscaler',
    args: ['--upscaler', 'huge'],
    says: /^MODEL_NOT_FOUND: .*builtin\/upscale \(known but not baked: realesrgan-x2plus, .*\)\n$/,
  },
  {
    name: 'an alias of a model that is not baked',
    args: ['--model', 'portrait'],
    says: /^MODEL_NOT_FOUND: .*'portrait'.* \(birefnet-portrait is known but not baked: npm run bake -- birefnet-portrait\)\n$/,
  },
  {
    name: 'models in a folder that is none',
    args: ['--models', 'nowhere'],
    says: /^Expected a folder of baked models for --models but received 'nowhere'\.\n$/,
  },
  {
    name: 'a configured folder of models that is none',
    args: [],
    env: { MODELS_DIR: 'nowhere' },
    says: /^CONFIG_INVALID: .*MODELS_DIR: expected a folder of baked models but received 'nowhere'\n$/,
  },
  {
    name: 'a wrong configuration, all of it',
    args: [],
    env: { DEVICE: 'gpu', THREADS: 'x' },
    says: /^CONFIG_INVALID: .*DEVICE: expected .*'gpu'.*THREADS: expected .*'x'\n$/,
  },
];

for (const { name, args, env, says } of usages) {
  test.serial(`Exit 2 and a sentence for ${name}, and nothing is made`, async (t) => {
    const out = await newFolder(t);
    const ended = await runCommand([...args, '--out', out], { ...(env && { env }) });
    t.is(ended.code, 2);
    t.is(ended.stdout, '');
    t.regex(ended.stderr, says);
    t.deepEqual(await filesBelow(out), []);
  });
}

test.serial('Exit 2 for a folder without photos', async (t) => {
  const folder = await newFolder(t);
  await writeFile(join(folder, 'notes.txt'), 'no photo');
  const { code, stderr } = await runCommand([folder, '--out', join(folder, 'out')]);
  t.is(code, 2);
  t.is(stderr, `Expected at least one photo but found none in ${folder}.\n`);
});

test.serial('Exit 1 when some photos fail: each says why by its code, and the others are done', async (t) => {
  const folder = await newFolder(t);
  const out = join(folder, 'out');
  await writePhoto(join(folder, 'small.png'), 40, 40);
  await writePhoto(join(folder, 'good.png'), 96, 80);
  await writeFile(join(folder, 'text.jpg'), 'no photo');
  const named = ['missing.jpg', 'small.png', 'text.jpg', 'good.png'].map((name) => join(folder, name));
  const ended = await runCommand([...named, '--out', out, '--effects', 'none', '--json']);
  t.is(ended.code, 1);
  const lines = ended.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.deepEqual(
    lines.map(({ input, ok, error }) => [input, ok, error?.code]),
    [
      [named[0], false, 'INPUT_NOT_FOUND'],
      [named[1], false, 'IMAGE_TOO_SMALL'],
      [named[2], false, 'INVALID_FORMAT'],
      [named[3], true, undefined],
    ],
  );
  for (const line of lines.slice(0, 3)) {
    t.false('outputs' in line);
    t.true(line.error.message.length > 10);
    t.deepEqual([line.width, line.height, line.subject], [null, null, null]);
  }
  t.deepEqual(await filesBelow(out), ['contact-sheet.png', 'good/cutout.png', 'good/upscaled.png']);
});

test.serial('Exit 1 when the only photo fails, with its error in the table', async (t) => {
  const folder = await newFolder(t);
  const { code, stdout } = await runCommand([join(folder, 'missing.jpg'), '--out', join(folder, 'out')]);
  t.is(code, 1);
  t.regex(stdout, /missing\.jpg +INPUT_NOT_FOUND: /);
  t.regex(stdout, /0 of 1 photos done/);
});

test.serial('A reader that leaves ends it as Ctrl-C does, without a stack trace', async (t) => {
  const folder = await newFolder(t);
  const out = join(folder, 'out');
  for (const name of ['a', 'b', 'c']) await writePhoto(join(folder, `${name}.png`), 600, 400);
  const ended = await runCommand([folder, '--out', out, '--effects', 'none', '--json'], {
    meanwhile: (child) => void child.stdout!.destroy(),
  });
  t.deepEqual([ended.code, ended.signal, ended.stderr], [130, null, '']);
  t.true((await filesBelow(out)).length < 6, 'not all photos were worked on');
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test.serial(`${signal} ends with 130, keeps what is complete, and leaves no other file`, async (t) => {
    const folder = await newFolder(t);
    const out = join(folder, 'out');
    await writePhoto(join(folder, 'a.png'), 96, 80);
    await writePhoto(join(folder, 'b.png'), 2400, 1800);
    let sent = false;
    const ended = await runCommand([folder, '--out', out, '--effects', 'none', '--json'], {
      meanwhile(child) {
        // The first line is there, so the second photo has begun.
        if (!sent) child.kill(signal);
        sent = true;
      },
    });
    t.deepEqual([ended.code, ended.signal], [130, null]);
    const lines = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    t.true(lines[0].ok);
    for (const line of lines.slice(1)) t.is(line.error.code, 'CANCELLED');
    t.deepEqual(await filesBelow(out), ['a/cutout.png', 'a/upscaled.png']);
  });
}

test.serial(
  'A run over its limit ends the process, which cannot be stopped otherwise, and leaves no file',
  async (t) => {
    const folder = await newFolder(t);
    const out = join(folder, 'out');
    await writePhoto(join(folder, 'a.png'), 1200, 1000);
    const ended = await runCommand([folder, '--out', out, '--json'], { env: { RUN_TIMEOUT_SEC: '0.001' } });
    t.is(ended.signal, 'SIGKILL');
    t.regex(ended.stderr, /^PROCESSING_TIMEOUT: /);
    t.deepEqual(await filesBelow(out), []);
  },
);

test.serial('Quiet is no silence about a photo that failed', async (t) => {
  const out = join(await newFolder(t), 'out');
  const { code, stdout, stderr } = await runCommand([import.meta.filename, '--quiet', '--out', out]);
  t.deepEqual([code, stdout], [1, '']);
  t.regex(stderr, /cli-trouble\.test\.ts: INVALID_FORMAT: /);
});

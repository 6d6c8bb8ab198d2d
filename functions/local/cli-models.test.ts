// The command as a child process: which models serve, and what it says of them.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { newFolder, runCommand, writePhoto } from './testdata/command.ts';

const builtin = fileURLToPath(new URL('../../models/builtin/', import.meta.url));

/** Graphs that ship, under the names of models to bake: what a bake would leave behind, but small. */
async function bakedAs(t: ExecutionContext, models: Readonly<Record<string, 'upscale' | 'segment'>>) {
  const folder = join(await newFolder(t), 'baked');
  await mkdir(folder);
  for (const [id, from] of Object.entries(models)) {
    const card = JSON.parse(await readFile(join(builtin, `${from}.json`), 'utf8'));
    await writeFile(join(folder, `${id}.json`), JSON.stringify({ ...card, id, preview: false }));
    await copyFile(join(builtin, `${from}.onnx`), join(folder, `${id}.onnx`));
  }
  return folder;
}

async function run(t: ExecutionContext, args: readonly string[], models?: string) {
  const folder = await newFolder(t);
  await writePhoto(join(folder, 'dog.png'), 96, 80);
  const common = [join(folder, 'dog.png'), '--out', join(folder, 'out'), '--effects', 'none'];
  return await runCommand([...common, ...args], { ...(models && { env: { MODELS_DIR: models } }) });
}

test.serial(
  'Where previews served, the answer says so and names the command that brings the full ones',
  async (t) => {
    const { code, stdout } = await run(t, ['--json']);
    const report = JSON.parse(stdout);
    t.is(code, 0);
    t.true(report.preview_models);
    t.is(report.full_models, 'npm run bake -- birefnet-general realesrgan-x2plus');
    const alone = JSON.parse((await run(t, ['--json', '--scale', '1'])).stdout);
    t.is(alone.full_models, 'npm run bake -- birefnet-general');
    const forPeople = await run(t, []);
    t.regex(
      forPeople.stdout,
      /\nMade with small preview models\. The full ones: npm run bake -- birefnet-general .*\n/,
    );
  },
);

test.serial('The built-in upscaler does not denoise, and the answer says so', async (t) => {
  const { code, stdout } = await run(t, ['--json', '--denoise', '0.5']);
  t.is(code, 0);
  const { notes, models } = JSON.parse(stdout);
  t.is(models.upscale, 'builtin/upscale');
  t.deepEqual(notes, ['denoising of 0.5 has no effect with builtin/upscale; realesr-general-x4v3 has it']);
});

test.serial(
  'What is baked serves before what ships; a strength snaps to the nearest, which the answer names',
  async (t) => {
    const folder = await bakedAs(t, {
      'realesr-general-x4v3': 'upscale',
      'realesr-general-x4v3-denoise-0.5': 'upscale',
      'birefnet-portrait': 'segment',
    });
    const plain = JSON.parse((await run(t, ['--json'], folder)).stdout);
    t.deepEqual([plain.models.upscale, plain.models.segment], ['realesr-general-x4v3', 'birefnet-portrait']);
    t.deepEqual([plain.preview_models, plain.full_models, plain.notes], [false, null, []]);
    const wish = ['--denoise', '0.2', '--model', 'portrait', '--models', folder];
    const { models, notes } = JSON.parse((await run(t, ['--json', ...wish])).stdout);
    t.deepEqual([models.upscale, models.segment], ['realesr-general-x4v3-denoise-0.5', 'birefnet-portrait']);
    t.deepEqual(notes, ['denoising of 0.2 was taken as 0.5, the nearest that is there']);
  },
);

test.serial('A damaged baked model stops the command before any work, and is named', async (t) => {
  const folder = await bakedAs(t, { u2netp: 'segment' });
  await writeFile(join(folder, 'u2netp.onnx'), 'half');
  const { code, stdout, stderr } = await run(t, [], folder);
  t.deepEqual([code, stdout], [1, '']);
  t.regex(stderr, /^MODEL_INVALID: The model 'u2netp' is not usable: bytes: expected 4 as on disk/);
});

// The evaluation as somebody types it, with the models that ship.
import { appendFile, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { newFolder, runCommand, writePhoto } from '../../functions/local/testdata/command.ts';
import { decode, resize } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import { alphaPlane } from '../../shared/image/picture.ts';
import { plain, planeOf } from '../../shared/testing/pictures.ts';
import { readRows, readSummary, runEvalCommand, writePng } from './testdata/eval-command.ts';

/** A photo whose reference is what the command line makes of it. */
async function photoWithOwnMatte(t: ExecutionContext, folder: string, name: string): Promise<void> {
  const photo = join(folder, `${name}.jpg`);
  await writePhoto(photo, 160, 120);
  const out = await newFolder(t);
  const { code } = await runCommand([photo, '--scale', '1', '--effects', 'none', '--out', out]);
  t.is(code, 0);
  const { picture } = await decode(await readFile(join(out, name, 'cutout.png')), defaultLimits);
  await writePng(join(folder, `${name}.alpha.png`), alphaPlane(picture)!);
}

test('What the command line cuts out is what is measured; what was measured is not measured again', async (t) => {
  const [photos, out] = [await newFolder(t), await newFolder(t)];
  await photoWithOwnMatte(t, photos, 'disc');
  const args = ['--photos', photos, '--out', out];
  const first = await runEvalCommand(args);
  t.deepEqual([first.code, first.stderr], [0, '']);
  const { iou, mae, sad, gradient, boundary_f } = (await readSummary(out)).standings[0]!.figures;
  t.deepEqual([iou!.mean, mae!.mean, sad!.mean, gradient!.mean, boundary_f!.mean], [1, 0, 0, 0, 1]);
  t.regex(first.stdout, /builtin\/segment +1 +mean +100\.0/);
  t.true((await stat(join(out, 'worst.png'))).size > 1000);
  const [row] = await readRows(out);
  t.like(row, {
    photo: 'disc.jpg',
    model: 'builtin/segment',
    scale: 1,
    refine: true,
    width: 160,
    height: 120,
  });
  t.true(row!.peak_rss_mb! > 10 && row!.timings_ms!.total! >= 0);

  const before = await readFile(join(out, 'results.jsonl'), 'utf8');
  await appendFile(join(out, 'results.jsonl'), '{"key":"cut o');
  t.is((await runEvalCommand(args)).code, 0);
  t.is(await readFile(join(out, 'results.jsonl'), 'utf8'), before);
});

test('A photo that fails is a row with its code, and the others are measured', async (t) => {
  const [photos, out] = [await newFolder(t), await newFolder(t)];
  await writePhoto(join(photos, 'good.jpg'), 96, 80);
  await writePng(
    join(photos, 'good.png'),
    planeOf(96, 80, 1, (x) => (x < 30 ? 0 : x < 60 ? 128 : 255)),
  );
  await writePhoto(join(photos, 'other-size.jpg'), 96, 80);
  await writePng(
    join(photos, 'other-size.alpha.png'),
    planeOf(80, 96, 1, () => 255),
  );
  await writeFile(join(photos, 'broken.jpg'), 'no picture');
  const { code, stdout } = await runEvalCommand(['--photos', photos, '--out', out, '--json', '--no-refine']);
  t.is(code, 1);
  const rows = await readRows(out);
  t.is(stdout, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  t.deepEqual(
    rows.map((row) => [row.photo, row.refine, row.error?.code ?? typeof row.figures.iou]),
    ['broken.jpg', 'good.jpg', 'other-size.jpg'].flatMap((photo, k) =>
      [true, false].map((refine) => [photo, refine, ['INVALID_FORMAT', 'number', 'REFERENCE_MISMATCH'][k]!]),
    ),
  );
  t.deepEqual((await readSummary(out)).standings[0]!.errors, { INVALID_FORMAT: 1, REFERENCE_MISMATCH: 1 });
});

test('Without references two models are held against each other, and at scale 2 too', async (t) => {
  const [photos, out, baked] = [await newFolder(t), await newFolder(t), await newFolder(t)];
  await writePhoto(join(photos, 'disc.jpg'), 96, 80);
  // The graph that ships under another name: the two must agree in full.
  const builtin = new URL('../builtin/segment', import.meta.url);
  const card = JSON.parse(await readFile(new URL(`${builtin}.json`), 'utf8'));
  await writeFile(join(baked, 'u2netp.json'), JSON.stringify({ ...card, id: 'u2netp' }));
  await copyFile(new URL(`${builtin}.onnx`), join(baked, 'u2netp.onnx'));
  const models = ['--models', 'all', '--scale', '1,2', '--baked', baked];
  const { code, stdout } = await runEvalCommand(['--photos', photos, '--out', out, ...models]);
  t.is(code, 0);
  const pairs = (await readRows(out)).filter(({ kind }) => kind === 'pair');
  t.deepEqual(
    pairs.map(({ model, other, scale, figures }) => [model, other, scale, figures]),
    [1, 2].map((scale) => ['u2netp', 'builtin/segment', scale, { iou: 1, mae: 0 }]),
  );
  t.regex(stdout, /No reference: the models against each other/);
  t.true((await stat(join(out, 'worst.png'))).size > 1000);
});

test('Upscalers are measured on shrunken copies, a flat photo being the same for bicubic', async (t) => {
  const [photos, out] = [await newFolder(t), await newFolder(t)];
  await writePng(join(photos, 'flat.png'), plain(97, 80, 120, 60, 200));
  await writePhoto(join(photos, 'disc.jpg'), 160, 120);
  const args = ['--photos', photos, '--out', out, '--models', 'none', '--upscalers', 'all'];
  t.is((await runEvalCommand(args)).code, 0);
  t.is((await runEvalCommand([...args, '--jpeg'])).code, 0);
  const rows = await readRows(out);
  t.is(rows.length, 8);
  const flat = rows.find((row) => row.photo === 'flat.png' && row.model === 'bicubic' && !row.jpeg);
  t.is(flat!.figures.psnr, 100);
  t.true(Math.abs(flat!.figures.ssim! - 1) < 1e-9);
  for (const { figures, photo } of rows) t.true(figures.psnr! > 20 && figures.ssim! > 0.7, photo);
});

test('After Ctrl-C the files are whole, and the same command goes on', async (t) => {
  const [photos, out] = [await newFolder(t), await newFolder(t)];
  await writePhoto(join(photos, '0.jpg'), 480, 360);
  const TOTAL = 12;
  for (let k = 1; k < TOTAL; k++) await copyFile(join(photos, '0.jpg'), join(photos, `${k}.jpg`));
  let sent = false;
  const args = ['--photos', photos, '--out', out, '--json'];
  const { code, stderr } = await runEvalCommand(args, (child, stdout) => {
    if (sent || !stdout.includes('\n')) return;
    sent = true;
    child.kill('SIGINT');
  });
  t.is(code, 130);
  const done = await readRows(out);
  t.is(
    stderr,
    `Interrupted after ${done.length} measurements of ${TOTAL} photos, in ${out}; the same command goes on.\n`,
  );
  t.true(done.length >= 1 && done.length < TOTAL, `${done.length}`);
  t.is((await readSummary(out)).standings[0]!.photos, done.length);
  const second = await runEvalCommand(args);
  t.is(second.code, 0);
  t.is(second.stdout.trimEnd().split('\n').length, TOTAL - done.length);
  t.is((await readRows(out)).length, TOTAL);
  t.is((await readSummary(out)).standings[0]!.photos, TOTAL);
});

test('Wrong usage ends with 2 and a sentence; help is help', async (t) => {
  const folder = await newFolder(t);
  await mkdir(join(folder, 'empty'));
  await writePng(join(folder, 'a.png'), plain(64, 64, 120, 60, 200));
  for (const [args, message] of [
    [[], /Expected --photos DIR/],
    [['--photos', join(folder, 'nowhere')], /Expected a folder for --photos/],
    [['--photos', join(folder, 'empty'), '--out', join(folder, 'out')], /Expected at least one photo/],
    [['--photos', folder, '--models', 'huge'], /MODEL_NOT_FOUND: .*'huge'/],
    [['--photos', folder, '--models', 'none'], /Expected something to measure/],
    [
      ['--photos', folder, '--out', join(folder, 'a.png')],
      /Expected a folder to write to .*a\.png' \(EEXIST\)/,
    ],
  ] as const) {
    const { code, stderr, stdout } = await runEvalCommand(args);
    t.deepEqual([code, stdout], [2, '']);
    t.regex(stderr, message);
  }
  const help = await runEvalCommand(['--help']);
  t.is(help.code, 0);
  t.regex(help.stdout, /--photos DIR/);
});

const PHOTOS = process.env.PHOTOS_DIR;
const withPhotos = PHOTOS ? test : test.skip;

withPhotos(
  'Real photos with mattes: the models that ship are within reach of them (needs PHOTOS_DIR)',
  async (t) => {
    const [photos, out] = [await newFolder(t), await newFolder(t)];
    for (const name of ['horse', 'tiger']) {
      const { picture } = await decode(await readFile(join(PHOTOS!, `pets/${name}.jpg`)), defaultLimits);
      const [width, height] = [picture.width >> 1, picture.height >> 1];
      await writePng(join(photos, `${name}.jpg`), await resize(picture, width, height, 'cubic'));
      const truth = await decode(await readFile(join(PHOTOS!, `pets/${name}.alpha.png`)), defaultLimits);
      await writePng(join(photos, `${name}.alpha.png`), await resize(truth.picture, width, height, 'cubic'));
    }
    const { code } = await runEvalCommand(['--photos', photos, '--out', out, '--scale', '1,2']);
    t.is(code, 0);
    const { standings, gains } = await readSummary(out);
    t.deepEqual(
      standings.map(({ scale, photos: count }) => [scale, count]),
      [
        [1, 2],
        [2, 2],
      ],
    );
    for (const { figures } of standings) t.true(figures.iou!.worst > 0.8, `${figures.iou!.worst}`);
    t.is(gains[0]!.photos, 2);
  },
);

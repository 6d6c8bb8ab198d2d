import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { unzipSync } from 'fflate';
import { decode } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { sharp } from '../../shared/image/vips.ts';
import { filesBelow, newFolder, runCommand, writePhoto } from './testdata/command.ts';

/** Runs the command on one photo of a disc and returns its report and folder. */
async function deliver(t: Parameters<typeof newFolder>[0], ...args: string[]) {
  const folder = await newFolder(t);
  const photo = join(folder, 'disc.png');
  const out = join(folder, 'out');
  await writePhoto(photo, 200, 160);
  const { code, stdout, stderr } = await runCommand([photo, '--scale', '1', '--out', out, '--json', ...args]);
  t.is(code, 0, stderr);
  return { report: JSON.parse(stdout), out };
}

async function open(path: string): Promise<Picture> {
  return (await decode(await readFile(path), { ...defaultLimits, minSide: 1 })).picture;
}

test.serial(
  'A colour stands behind cut-out and looks, and JPEG carries the dpi that were asked for',
  async (t) => {
    const { report } = await deliver(t, '--background', '#0000ff', '--format', 'jpeg', '--dpi', '300');
    t.regex(report.outputs.cutout, /cutout\.jpg$/);
    for (const path of [report.outputs.cutout, report.outputs.effects.color]) {
      const { data } = await open(path);
      t.true(data[0]! < 6 && data[1]! < 6 && data[2]! > 249, `${path}: ${data.slice(0, 3)}`);
      t.is((await sharp(await readFile(path)).metadata()).density, 300);
    }
  },
);

test.serial('A template and a picture file stand behind the subject', async (t) => {
  for (const background of ['garden', join(import.meta.dirname, '../../models/samples/plush-bear.jpg')]) {
    const { report } = await deliver(
      t,
      '--background',
      background,
      '--effects',
      'none',
      '--shadow',
      '--match-colors',
    );
    const { alpha, width, height } = await open(report.outputs.cutout);
    t.is(alpha, undefined);
    t.deepEqual([width, height], [200, 160]);
  }
});

test.serial('Cropped, the picture is the subject with its margin', async (t) => {
  const { report } = await deliver(t, '--crop', '--margin', '7px', '--effects', 'none');
  const { width, height } = await open(report.outputs.cutout);
  t.deepEqual([width, height], [report.subject.width + 14, report.subject.height + 14]);
  t.is(report.largest_prints[0].width_cm, Math.floor((width / 300) * 25.4) / 10);
});

test.serial('The matte alone is a grey picture', async (t) => {
  const { report } = await deliver(t, '--channels', 'alpha', '--effects', 'none');
  const { channels, space } = await sharp(await readFile(report.outputs.cutout)).metadata();
  t.deepEqual([channels, space], [1, 'b-w']);
  const { data } = await open(report.outputs.cutout);
  t.is(data[0], 0);
  t.is(data[(80 * 200 + 100) * 3], 255);
});

test.serial('A zip holds colour, matte and looks, and nothing else stands beside it', async (t) => {
  const { report, out } = await deliver(t, '--format', 'zip');
  t.is(report.outputs.cutout, join(out, 'disc', 'disc.zip'));
  t.is(report.outputs.effects.color, report.outputs.cutout);
  t.deepEqual(await filesBelow(out), ['contact-sheet.png', join('disc', 'disc.zip')]);
  const entries = unzipSync(await readFile(report.outputs.cutout));
  t.deepEqual(Object.keys(entries).sort(), ['alpha.png', 'color.jpg', 'color.png', 'enhanced-bw.png']);
  const colour = (await decode(entries['color.jpg']!, defaultLimits)).picture;
  const matte = (await decode(entries['alpha.png']!, defaultLimits)).picture;
  t.deepEqual([colour.width, matte.width], [200, 200]);
  t.true(matte.grey);
});

test.serial('The print size is judged', async (t) => {
  const { report } = await deliver(t, '--size', '1x1in', '--effects', 'none');
  t.deepEqual(report.print_check, { size: '1x1in', dpi: 160, verdict: 'good on a wall' });
});

for (const [name, background] of [
  ['none of a colour, template or file', 'nowhere'],
  ['a file that is no picture', import.meta.filename],
] as const) {
  test.serial(`Exit 2 for a background that is ${name}`, async (t) => {
    const folder = await newFolder(t);
    const { code, stderr } = await runCommand(['--background', background, '--out', join(folder, 'out')]);
    t.is(code, 2);
    t.regex(stderr, /--background/);
  });
}

test.serial('A margin that no result may have is refused before it is made', async (t) => {
  const folder = await newFolder(t);
  await writePhoto(join(folder, 'disc.png'), 200, 160);
  const out = join(folder, 'out');
  const { code, stdout } = await runCommand([
    folder,
    '--scale',
    '1',
    '--crop',
    '--margin',
    '90000px',
    '--json',
    '--out',
    out,
  ]);
  t.is(code, 1);
  t.is(JSON.parse(stdout).error.code, 'OUTPUT_TOO_LARGE');
  t.deepEqual(await filesBelow(out), ['contact-sheet.png']);
});

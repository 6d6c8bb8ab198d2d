// The command as a child process with the real models: what it makes of photos.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { openRegistry } from '../../models/registry.ts';
import { decode } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import { sniff } from '../../shared/image/sniff.ts';
import type { PhotoReport } from './process-photo.ts';
import { filesBelow, newFolder, runCommand, writePhoto } from './testdata/command.ts';

function reports(stdout: string): PhotoReport[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function pictureIn(path: string) {
  const { picture } = await decode(await readFile(path), { ...defaultLimits, minSide: 1 });
  return picture;
}

test.serial(
  'With --json there is one line for each photo and nothing else; one stem twice gets two folders',
  async (t) => {
    const folder = await newFolder(t);
    const out = join(folder, 'out');
    for (const sub of ['a', 'b']) {
      await mkdir(join(folder, sub));
      await writePhoto(join(folder, sub, 'dog.png'), 96, 80);
    }
    const ended = await runCommand([folder, '--out', out, '--json']);
    t.is(ended.stderr, '');
    t.is(ended.code, 0);
    t.is(ended.stdout.match(/\n/g)?.length, 2);
    for (const [index, report] of reports(ended.stdout).entries()) {
      const results = join(out, ['dog', 'dog-2'][index]!);
      t.is(report.input, join(folder, ['a', 'b'][index]!, 'dog.png'));
      t.true(report.ok);
      t.deepEqual([report.width, report.height], [192, 160]);
      t.deepEqual(Object.keys(report.subject!).sort(), ['height', 'left', 'top', 'width']);
      t.true(report.subject!.left > 0 && report.subject!.width < 192);
      t.deepEqual(report.outputs, {
        upscaled: join(results, 'upscaled.png'),
        cutout: join(results, 'cutout.png'),
        effects: { 'enhanced-bw': join(results, 'enhanced-bw.png'), color: join(results, 'color.png') },
      });
      t.deepEqual(report.models, {
        upscale: 'builtin/upscale',
        segment: 'builtin/segment',
        effects: ['enhanced-bw', 'color'],
      });
      t.is(typeof report.device, 'string');
      t.deepEqual(Object.keys(report.timings_ms).sort(), [
        ...['decode', 'effects', 'encode', 'refine', 'segment', 'total', 'upscale'],
      ]);
      t.false('error' in report);
    }
    const names = ['color.png', 'cutout.png', 'enhanced-bw.png', 'upscaled.png'];
    t.deepEqual(
      await filesBelow(out),
      [
        'contact-sheet.png',
        ...names.map((name) => `dog-2/${name}`),
        ...names.map((name) => `dog/${name}`),
      ].sort(),
    );
  },
);

test.serial(
  'The files are what they are called: the cut-out is transparent around the subject',
  async (t) => {
    const folder = await newFolder(t);
    await writePhoto(join(folder, 'dog.png'), 96, 80);
    const ended = await runCommand([join(folder, 'dog.png'), '--out', folder]);
    t.is(ended.code, 0, ended.stderr);
    t.is(ended.stderr, '');
    t.regex(ended.stdout, /dog\.png +192×160 /);
    t.regex(ended.stdout, /1 of 1 photos done/);
    const upscaled = await pictureIn(join(folder, 'dog', 'upscaled.png'));
    t.deepEqual([upscaled.width, upscaled.height, upscaled.alpha], [192, 160, undefined]);
    const cutout = await pictureIn(join(folder, 'dog', 'cutout.png'));
    t.is(cutout.alpha?.[0], 0);
    t.is(cutout.alpha?.[80 * 192 + 96], 255);
    const look = await pictureIn(join(folder, 'dog', 'enhanced-bw.png'));
    t.is(look.alpha?.[0], 0);
    const sheet = await pictureIn(join(folder, 'contact-sheet.png'));
    t.true(sheet.width > sheet.height && sheet.alpha === undefined);
  },
);

test.serial(
  '--scale 1 --effects none --quiet gives the cut-out at the photo’s size and not a word',
  async (t) => {
    const folder = await newFolder(t);
    await writePhoto(join(folder, 'dog.png'), 96, 80);
    const out = join(folder, 'out');
    const options = ['--scale', '1', '--effects', 'none', '--no-refine', '--no-smoothing'];
    const ended = await runCommand([folder, '--out', out, ...options, '--quiet']);
    t.deepEqual([ended.code, ended.stdout, ended.stderr], [0, '', '']);
    t.deepEqual(await filesBelow(out), ['contact-sheet.png', 'dog/cutout.png']);
    t.is((await pictureIn(join(out, 'dog', 'cutout.png'))).width, 96);
  },
);

test.serial(
  '--scale 4 --format webp --effects all gives every look, as WebP, of four times the size',
  async (t) => {
    const folder = await newFolder(t);
    await writePhoto(join(folder, 'dog.png'), 96, 80);
    const out = join(folder, 'out');
    const options = ['--scale', '4', '--format', 'webp', '--effects', 'all'];
    const ended = await runCommand([folder, '--out', out, ...options, '--json']);
    t.is(ended.code, 0, ended.stderr);
    const [report] = reports(ended.stdout);
    t.deepEqual([report?.width, report?.height], [384, 320]);
    const looks = (await openRegistry()).list('effects').map(({ card }) => card.id);
    t.deepEqual(Object.keys(report!.outputs!.effects), looks);
    const files = await filesBelow(join(out, 'dog'));
    t.deepEqual(files, ['cutout', 'upscaled', ...looks].map((name) => `${name}.webp`).sort());
    for (const file of files) t.is(sniff(await readFile(join(out, 'dog', file))), 'WEBP', file);
  },
);

test.serial('--print makes looks at full size; without it they have about 0.8 megapixels', async (t) => {
  const folder = await newFolder(t);
  await writePhoto(join(folder, 'dog.png'), 1200, 1000);
  const widths: number[] = [];
  for (const print of [[], ['--print']]) {
    const options = ['--scale', '1', '--effects', 'color', '--no-refine', ...print];
    const ended = await runCommand([join(folder, 'dog.png'), '--out', folder, ...options, '--quiet']);
    t.is(ended.code, 0, ended.stderr);
    widths.push((await pictureIn(join(folder, 'dog', 'color.png'))).width);
  }
  t.deepEqual(widths, [971, 1200]);
});

test.serial(
  'Where --max-dimension would lose pixels upscaling is skipped, and the answer says so',
  async (t) => {
    const folder = await newFolder(t);
    await writePhoto(join(folder, 'dog.png'), 160, 120);
    const options = ['--max-dimension', '64', '--effects', 'none', '--json'];
    const ended = await runCommand([folder, '--out', join(folder, 'out'), ...options]);
    t.is(ended.code, 0, ended.stderr);
    const [report] = reports(ended.stdout);
    t.deepEqual([report?.width, report?.height], [160, 120]);
    t.is(report?.outputs?.upscaled, null);
    t.is(report?.models.upscale, null);
    t.regex(report?.notes[0] ?? '', /skipped.*64 pixels.*160×120/);
  },
);

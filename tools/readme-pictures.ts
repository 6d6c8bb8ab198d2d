// The README's pictures, from the samples by the command itself.
//   node tools/readme-pictures.ts
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lookNames } from '../functions/effects/looks.ts';
import { decode, encode } from '../shared/image/codec.ts';
import { defaultLimits } from '../shared/image/limits.ts';
import { emptyPlane, paste, withAlpha } from '../shared/image/picture.ts';
import { thumbnail } from '../shared/image/thumbnail.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const CELL = 300;
const GAP = 8;
const PER_ROW = 4;

function run(out: string, ...args: string[]): void {
  const command = [`${root}functions/local/cli.ts`, ...args, '--quiet', '--out', out];
  if (spawnSync(process.execPath, command, { stdio: 'inherit' }).status !== 0)
    throw new Error('The command failed');
}

async function open(path: string) {
  return (await decode(await readFile(path), { ...defaultLimits, maxFileBytes: 1e9 })).picture;
}

async function save(name: string, path: string): Promise<void> {
  await writeFile(`${root}docs/${name}.jpg`, await encode(await open(path), { format: 'jpeg' }));
}

/** Pictures side by side, in rows, on white. */
async function sheet(paths: readonly string[]): Promise<Uint8Array> {
  const rows = Math.ceil(paths.length / PER_ROW);
  const plane = emptyPlane(PER_ROW * (CELL + GAP) - GAP, rows * (CELL + GAP) - GAP, 3);
  plane.data.fill(255);
  for (const [index, path] of paths.entries()) {
    const small = await thumbnail(await open(path), CELL);
    const left = (index % PER_ROW) * (CELL + GAP) + ((CELL - small.width) >> 1);
    const top = Math.floor(index / PER_ROW) * (CELL + GAP) + ((CELL - small.height) >> 1);
    paste(small, { left: 0, top: 0, width: small.width, height: small.height }, plane, left, top);
  }
  return await encode(withAlpha(plane, undefined), { format: 'jpeg' });
}

const folder = mkdtempSync(join(tmpdir(), 'cutline-readme-'));
try {
  run(join(folder, 'all'));
  await save('contact-sheet', join(folder, 'all', 'contact-sheet.png'));
  const bear = `${root}models/samples/plush-bear.jpg`;
  const framed = ['--crop', '--margin', '6%'];
  run(join(folder, 'looks'), bear, '--effects', 'all', '--background', '#ffffff', ...framed);
  run(
    join(folder, 'room'),
    bear,
    '--effects',
    'none',
    '--background',
    'living-room',
    '--match-colors',
    '--shadow',
    ...framed,
  );
  const pictures = ['cutout', ...lookNames].map((name) => join(folder, 'looks', 'plush-bear', `${name}.png`));
  const room = join(folder, 'room', 'plush-bear', 'cutout.png');
  await writeFile(`${root}docs/looks.jpg`, await sheet([room, ...pictures]));
} finally {
  rmSync(folder, { recursive: true });
}

// The README's pictures of the page, taken in a real browser from a running service, with the samples as photos.
//   node tools/page-pictures.ts
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import { samples } from '../functions/local/testdata/serving.ts';
import type { ChosenFile, OpenStudio } from '../functions/local/testdata/studio.ts';
import { openStudios } from '../functions/local/testdata/studio.ts';
import { decode, encode } from '../shared/image/codec.ts';
import { defaultLimits } from '../shared/image/limits.ts';
import { browserPath, noBrowser } from '../shared/testing/browser.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };

/** Looks and backgrounds are tried on one after another, and fade in. */
const SETTLED_MS = 4000;

const undo: (() => unknown)[] = [];
const cleanup = { teardown: (work: () => unknown) => void undo.unshift(work) };

async function sample(name: string): Promise<ChosenFile> {
  const buffer = await readFile(join(samples, `${name}.jpg`));
  return { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer };
}

/** All that is on its way has come, and is drawn. */
async function settled({ page, part }: OpenStudio): Promise<void> {
  await page.waitForLoadState('networkidle');
  await part('busy').waitFor({ state: 'hidden' });
  await page.waitForTimeout(SETTLED_MS);
}

async function shoot({ page }: OpenStudio, name: string): Promise<void> {
  const { picture } = await decode(await page.screenshot(), defaultLimits);
  await writeFile(`${docs}page-${name}.webp`, await encode(picture, { format: 'webp' }));
  await page.close();
}

/** A page on which these are done. */
async function withDone(options: BrowserContextOptions, ...names: readonly string[]): Promise<OpenStudio> {
  const studio = await studios.open(cleanup, options);
  await studio.choose(...(await Promise.all(names.map(sample))));
  await studio.told('result', names.length);
  await studio.done();
  await settled(studio);
  return studio;
}

if (browserPath === undefined) throw new Error(noBrowser);
const studios = await openStudios(cleanup);
try {
  await shoot(await withDone({}, 'plush-fox', 'toy-robot', 'plush-bear'), 'result');

  const room = await withDone({ colorScheme: 'dark' }, 'plush-bear');
  await room.page.getByRole('tab', { name: 'Background' }).click();
  await room.page.locator('[part=background][data-value=living-room]').click();
  await room.page.getByText('Soft shadow').click();
  await settled(room);
  await shoot(room, 'background');

  const brush = await withDone(phone, 'plush-fox');
  await brush.page.getByRole('tab', { name: 'Edges' }).click();
  await brush.part('brush-start').click();
  await brush.page.locator('[part=stage][data-mode=brush]').waitFor();
  await shoot(brush, 'brush');

  const waiting = await studios.open(cleanup, phone);
  await waiting.choose(await sample('toy-robot'));
  await waiting.part('steps').locator('li:nth-child(2)[aria-current]').waitFor();
  await shoot(waiting, 'progress');
} finally {
  for (const work of undo) await work();
}

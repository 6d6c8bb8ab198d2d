// What is chosen while something is still on its way, and what a shopper sees meanwhile: in a real browser.
import test from 'ava';
import type { Locator, Page, Route } from 'playwright-core';
import { browserPath, noBrowser, violations } from '../../../shared/testing/browser.ts';
import { wholeFile } from '../../local/testdata/serving.ts';
import type { OpenStudio } from '../../local/testdata/studio.ts';
import { openStudios, photo } from '../../local/testdata/studio.ts';

const inBrowser = browserPath ? test.serial : test.serial.skip;
if (!browserPath) test(`Choices are not tested: ${noBrowser}`, (t) => t.pass());

const cleanup = wholeFile(test.after.always);
let studios: Awaited<ReturnType<typeof openStudios>>;
test.before(async (t) => {
  t.timeout(180_000);
  if (browserPath) studios = await openStudios(cleanup);
});

/** Holds back what matches until it is let go. @returns what lets it go */
async function hold(page: Page, matches: RegExp): Promise<() => void> {
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route(matches, async (route) => {
    await held;
    await route.continue();
  });
  return go;
}

const screenOf = (look: string): RegExp => new RegExp(`/previews/${look}\\?.*size=screen`);

/** What the stage shows, once nothing is on its way. */
async function shown({ page, part }: OpenStudio): Promise<string> {
  await page.locator('[part=stage]:not([aria-busy], [data-stale])').waitFor();
  return await part('picture').evaluate(async (canvas) => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return (canvas as HTMLCanvasElement).toDataURL();
  });
}

/** Waits until it is another picture. */
async function another(studio: OpenStudio, than: string): Promise<string> {
  for (let now = await shown(studio); ; now = await shown(studio)) if (now !== than) return now;
}

async function begin(studio: OpenStudio): Promise<void> {
  await studio.choose(await photo());
  await studio.done();
  await studio.page.locator('.canvas-box[style*="--width"]').waitFor();
}

const tab = ({ page }: OpenStudio, name: string): Promise<void> =>
  page.locator(`[part="tab tab-${name}"]`).click();
const chosen = (page: Page, kind: string, value: string): Locator =>
  page.locator(`[part=${kind}][data-value="${value}"]`);

inBrowser(
  'What is still being made is said, and the last choice wins in whatever order answers come',
  async (t) => {
    t.timeout(180_000);
    const studio = await studios.open(t);
    const { page, part } = studio;
    await begin(studio);
    const natural = await shown(studio);
    const goHalftone = await hold(page, screenOf('halftone'));
    const goSketch = await hold(page, screenOf('sketch'));
    await chosen(page, 'look', 'halftone').click();
    const stage = page.locator('[part=stage][aria-busy=true][data-stale]');
    await stage.waitFor();
    t.is(await part('busy').innerText(), 'Halftone is on its way…');
    t.deepEqual(await violations(page), []);
    // A background meanwhile is no promise that all is there.
    await tab(studio, 'background');
    await chosen(page, 'colour', '111111').click();
    await stage.waitFor();
    await tab(studio, 'look');
    await chosen(page, 'look', 'sketch').click();
    await page.getByText('Pencil is on its way…').first().waitFor();
    goSketch();
    const sketch = await another(studio, natural);
    const late = page.waitForResponse(screenOf('halftone'));
    goHalftone();
    await (await late).finished();
    t.true((await shown(studio)) === sketch);
    t.true(await chosen(page, 'look', 'sketch').locator('input').isChecked());
    t.is(await part('busy').isVisible(), false);
    // And what arrived in vain is at hand.
    await chosen(page, 'look', 'halftone').click();
    await another(studio, sketch);
    t.deepEqual(studio.faults, []);
  },
);

inBrowser(
  'A choice that does not come is said to have failed, and comes when it is asked for again',
  async (t) => {
    t.timeout(180_000);
    const studio = await studios.open(t);
    const { page, part } = studio;
    await begin(studio);
    const natural = await shown(studio);
    const refuse = (route: Route) =>
      route.fulfill({ status: 404, json: { error_code: 'JOB_NOT_FOUND', detail: 'Gone', request_id: 'r' } });
    await page.route(screenOf('color'), refuse);
    await chosen(page, 'look', 'color').click();
    await part('stage-problem').waitFor();
    t.regex(await part('stage-problem').innerText(), /^This result is no longer there/);
    t.is(await part('stage').getAttribute('data-stale'), '');
    t.deepEqual(await violations(page), []);
    await page.unroute(screenOf('color'), refuse);
    await part('stage-again').click();
    await another(studio, natural);
    t.is(await part('stage-problem').isVisible(), false);
  },
);

inBrowser(
  'Small pictures have their places from the start, and come again when they did not come',
  async (t) => {
    t.timeout(180_000);
    const studio = await studios.open(t);
    const { page } = studio;
    let refused = 0;
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route(/\/previews\/sketch\?(?!.*size)/, async (route) => {
      await held;
      if (refused++ === 0) await route.fulfill({ status: 503, body: 'busy' });
      else await route.continue();
    });
    await begin(studio);
    const tiles = page.locator('[part=look]');
    const boxes = (): Promise<unknown[]> =>
      tiles.evaluateAll((all) => all.map((tile) => tile.getBoundingClientRect().toJSON()));
    const sketch = chosen(page, 'look', 'sketch');
    await chosen(page, 'look', 'color').locator('[data-there]').waitFor();
    const before = await boxes();
    // The cut-out stands for it.
    await page.waitForFunction(
      (image) => (image as HTMLImageElement).naturalWidth > 0,
      await sketch.locator('.meanwhile').elementHandle(),
    );
    t.is(await sketch.locator('[data-there]').count(), 0);
    go();
    await sketch.locator('[data-there]').waitFor();
    t.deepEqual([refused, await boxes()], [2, before]);
  },
);

inBrowser('Steps and looks are those of the job, whatever the page has asked for', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part } = studio;
  await part('choose').waitFor();
  // As a token's fixed options do.
  await page.route('**/jobs/uploads', async (route) => {
    const asked = route.request().postDataJSON() as { options: object };
    const postData = { ...asked, options: { ...asked.options, scale: 1, effects: [] } };
    await route.continue({ postData: JSON.stringify(postData) });
  });
  const go = await hold(page, /\/uploads\/.+\.jpg/);
  await studio.choose(await photo());
  await page.locator('[part=photo][data-phase=uploading]').waitFor();
  await page.locator('[data-step=upscale]').waitFor({ state: 'detached' });
  t.is(await page.locator('[data-step]').first().getAttribute('data-step'), 'upload');
  go();
  await studio.done();
  const [result] = await studio.told('result');
  t.like(result, { width: 288, height: 360 });
  // Where there is no look to choose there is no choice of looks.
  t.is(await page.locator('[part="tab tab-look"]').isVisible(), false);
  t.is(await page.locator('[role=tab][aria-selected=true]').innerText(), 'Background');
  await page.locator('[role=tab][aria-selected=true]').press('ArrowLeft');
  t.is(await page.locator('[role=tab][aria-selected=true]').innerText(), 'Size');
});

inBrowser('One who downloads while a correction is being made gets the corrected picture', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part } = studio;
  await begin(studio);
  await tab(studio, 'edges');
  const go = await hold(page, /\/mask\b/);
  await part('smoothing').fill('60');
  await part('apply').click();
  await page.locator('[part=changes][aria-busy]').waitFor();
  const download = page.waitForEvent('download');
  await part('download').click();
  await page.getByText('Preparing…').waitFor();
  const asked = page.waitForRequest(/\/files\/cutout\?/);
  go();
  const [, corrected] = await studio.told('result', 2);
  t.true((await asked).url().includes(String(corrected!.job)));
  await (await download).path();
});

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } as const;

inBrowser('On a phone the download is at hand at once, and in nobody’s way', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t, phone);
  const { page, part } = studio;
  await begin(studio);
  const box = async (of: Locator) => {
    const { y, height } = (await of.boundingBox())!;
    return { top: y, bottom: y + height };
  };
  t.true((await box(part('download'))).bottom <= 740);
  const bar = await box(part('downloads'));
  t.true((await box(page.locator('[part=stage]'))).bottom < bar.top);
  t.true((await box(chosen(page, 'look', 'enhanced-bw'))).bottom <= bar.top);
  for (const name of ['background', 'edges', 'size']) {
    await tab(studio, name);
    t.true((await box(part('download'))).bottom <= 740, name);
    // Whatever has the focus is seen.
    const last = part(`panel panel-${name}`).locator('input:enabled, button:enabled, summary').last();
    await last.focus();
    t.true((await box(last)).bottom <= (await box(part('downloads'))).top, name);
  }
  await tab(studio, 'edges');
  await part('brush-start').click();
  await page.locator('[part=stage][data-mode=brush]').waitFor();
  const brush = await box(part('brush'));
  const picture = await box(part('picture'));
  t.true(picture.top >= 0 && brush.bottom <= 740);
  t.true(brush.bottom <= (await box(part('downloads'))).top);
});

/** Of two colours as `rgb(…)` (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [red, green, blue] = colour.match(/[\d.]+/g)!.map((value) => {
      const share = Number(value) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

for (const colorScheme of ['light', 'dark'] as const)
  inBrowser(`Every colour has a rim that is seen on a ${colorScheme} page`, async (t) => {
    t.timeout(180_000);
    const studio = await studios.open(t, { colorScheme });
    const { page } = studio;
    await begin(studio);
    await tab(studio, 'background');
    const behind = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const rims = await page
      .locator('[part=colour] .face, .any')
      .evaluateAll((all) => all.map((face) => getComputedStyle(face).boxShadow.match(/rgba?\([^)]+\)/)![0]));
    t.is(rims.length, 8);
    t.true(Math.min(...rims.map((rim) => contrast(rim, behind))) >= 3, rims.join(' '));
  });

// The page for everyone: by keyboard alone, on a small screen, from right to left, in another language, without motion.
import test from 'ava';
import type { Page } from 'playwright-core';
import { browserPath, noBrowser, openPage, violations } from '../../../shared/testing/browser.ts';
import { wholeFile } from '../../local/testdata/serving.ts';
import type { OpenStudio } from '../../local/testdata/studio.ts';
import { openStudios, photo } from '../../local/testdata/studio.ts';

const inBrowser = browserPath ? test.serial : test.serial.skip;
if (!browserPath) test(`What everyone needs is not tested: ${noBrowser}`, (t) => t.pass());

const cleanup = wholeFile(test.after.always);
let studios: Awaited<ReturnType<typeof openStudios>>;
test.before(async (t) => {
  t.timeout(180_000);
  if (browserPath) studios = await openStudios(cleanup);
});

/** What has the focus, by role-like words. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const inside = document.activeElement?.shadowRoot?.activeElement;
    if (!inside) return 'nothing';
    const label = inside.closest('label')?.dataset.value;
    return inside.getAttribute('part') ?? label ?? inside.tagName.toLowerCase();
  });
}

/** Presses Tab until that has the focus. @returns what had it on the way */
async function tabTo(page: Page, wanted: string, most = 25): Promise<string[]> {
  const seen: string[] = [];
  for (let count = 0; count < most; count++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    seen.push(now);
    if (now === wanted) return seen;
  }
  throw new Error(`Expected ${wanted} to be reached by Tab but met ${seen.join(', ')}`);
}

/** Pixels by which the page is wider than the screen, and what sticks out of it. */
async function overhang(page: Page): Promise<[number, string[]]> {
  return await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const all = document
      .querySelector('cutline-studio')!
      .shadowRoot!.querySelectorAll('button, select, p, h2, label');
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const out = [...all].filter((element) => {
      if (element.closest('.hidden') || scrolls(element)) return false;
      const { left, right, width } = element.getBoundingClientRect();
      return width > 0 && (left < -1 || right > clientWidth + 1);
    });
    return [scrollWidth - clientWidth, out.map((element) => element.textContent ?? '')];
  });
}

inBrowser('What is wrong with a page is found', async (t) => {
  const { page, strangers } = await openPage(t, studios.browser, { origins: [studios.serving.url] });
  await page.setContent('<cutline-studio></cutline-studio><img src="http://127.0.0.1:9/">');
  await page.locator('cutline-studio').evaluate((host) => {
    host.attachShadow({ mode: 'open' }).innerHTML = '<button style="margin-left:3000px"></button>';
  });
  const found = (await violations(page)).map((violation) => violation.split(':')[0]);
  t.deepEqual([found.includes('button-name'), found.includes('image-alt')], [true, true]);
  t.deepEqual((await overhang(page))[1], ['']);
  t.deepEqual(strangers, ['http://127.0.0.1:9/']);
});

inBrowser('By keyboard alone a photo is chosen, changed, corrected and downloaded', async (t) => {
  t.timeout(180_000);
  const { page, part, told } = await studios.open(t);
  await part('choose').waitFor();
  await tabTo(page, 'choose');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
  await chooser.setFiles([await photo()]);
  await told('result');
  // The looks: arrows choose.
  await tabTo(page, 'cutout');
  await page.keyboard.press('ArrowRight');
  t.true(await page.locator('[part=look][data-value=enhanced-bw] input').isChecked());
  await page.keyboard.press('Shift+Tab');
  t.is(await focused(page), 'tab tab-look');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  t.is(await focused(page), 'tab tab-edges');
  await tabTo(page, 'brush-start');
  await page.keyboard.press('Enter');
  await page.locator('[part=stage][data-mode=brush]').waitFor();
  t.is(await focused(page), 'picture');
  // A stroke from the middle to the right, with the brush that erases.
  await page.keyboard.press('e');
  await page.keyboard.down('Space');
  for (let count = 0; count < 6; count++) await page.keyboard.press('ArrowRight');
  await page.keyboard.up('Space');
  await page.keyboard.press('Escape');
  const [first, second] = await told('result', 2);
  t.not(first!.job, second!.job);
  await page.locator('[part=changes]:not([aria-busy])').waitFor();
  await tabTo(page, 'download', 30);
  const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  t.is(file.suggestedFilename(), 'fox-cutout.png');
});

/** Goes through the page's states. @param look at each */
async function throughStates(studio: OpenStudio, look: (state: string) => Promise<void>): Promise<void> {
  const { page, part, choose, done } = studio;
  await part('choose').waitFor();
  await page.locator('[part=status][data-engine=ready]').waitFor();
  await look('empty');
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route('**/uploads/**', async (route) => {
    if (route.request().method() === 'PUT') await held;
    await route.continue();
  });
  await choose(await photo());
  await page.locator('[part=photo][data-phase=uploading]').waitFor();
  await look('uploading');
  go();
  await done();
  await look('result');
  for (const tab of ['background', 'edges', 'size']) {
    await page.locator(`[part="tab tab-${tab}"]`).click();
    await look(tab);
  }
  await part('details').locator('summary').click();
  await look('details');
  await part('zoom').click();
  await page.locator('[part=stage][data-mode=zoom]').waitFor();
  await look('zoom');
  await part('zoom').click();
  await page.locator('[part="tab tab-edges"]').click();
  await part('brush-start').click();
  await page.locator('[part=stage][data-mode=brush]').waitFor();
  await look('brush');
  await part('brush-done').click();
}

const views = [
  ['360 pixels wide', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }],
  ['1280 pixels wide', {}],
  ['dark', { colorScheme: 'dark' }],
  ['in German', { locale: 'de-AT', viewport: { width: 360, height: 740 } }],
  ['at 200 % zoom', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ['without motion', { reducedMotion: 'reduce' }],
] as const;

for (const [what, options] of views)
  inBrowser(`Every state ${what}: nothing sticks out, and axe-core finds nothing`, async (t) => {
    t.timeout(180_000);
    const studio = await studios.open(t, options);
    await throughStates(studio, async (state) => {
      t.deepEqual(await overhang(studio.page), [0, []], state);
      t.deepEqual(await violations(studio.page), [], state);
    });
    t.deepEqual([studio.strangers, studio.faults], [[], []]);
  });

inBrowser('The brush has its tools on a screen that is low, too', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t, { viewport: { width: 740, height: 360 } });
  const { page, part } = studio;
  await studio.choose(await photo());
  await studio.done();
  await page.locator('[part="tab tab-edges"]').click();
  await part('brush-start').click();
  await page.locator('[part=stage][data-mode=brush]').waitFor();
  const [stage, brush] = [(await part('stage').boundingBox())!, (await part('brush').boundingBox())!];
  t.true(brush.y + brush.height <= stage.y + stage.height);
});

inBrowser('From right to left every state is mirrored, but for the picture', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t, { viewport: { width: 900, height: 740 } });
  const { page, part } = studio;
  await part('choose').waitFor();
  // No language of ours is written so: its file would say it.
  await part('studio').evaluate((root) => root.setAttribute('dir', 'rtl'));
  await throughStates(studio, async (state) => {
    t.deepEqual(await overhang(page), [0, []], state);
    t.deepEqual(await violations(page), [], state);
  });
  const middle = async (name: string): Promise<number> => {
    const { x, width } = (await part(name).first().boundingBox())!;
    return x + width / 2;
  };
  t.true((await middle('photo')) > 450);
  t.true((await middle('status')) < 450);
  await page.locator('[part="tab tab-edges"]').focus();
  await page.keyboard.press('ArrowLeft');
  t.is(await focused(page), 'tab tab-size');
  t.is(await page.locator('.canvas-box').evaluate((box) => getComputedStyle(box).direction), 'ltr');
});

inBrowser('A German browser reads German, numbers too; an attribute wins over it', async (t) => {
  t.timeout(180_000);
  const { page, part, choose } = await studios.open(t, { locale: 'de-DE' });
  t.is(await part('choose').innerText(), 'Fotos auswählen');
  t.is(await part('studio').getAttribute('lang'), 'de');
  await choose({
    ...(await photo('große.jpg')),
    buffer: Buffer.alloc(4.5 * 2 ** 20, (await photo()).buffer),
  });
  await page.locator('[part=photo][data-phase=refused]').waitFor();
  t.regex(await part('problem').innerText(), /4,5\sMB/);
  await page.locator('cutline-studio').evaluate((element) => element.setAttribute('lang', 'en'));
  await page.getByRole('button', { name: 'Choose another photo' }).waitFor();
  await page.locator('cutline-studio').evaluate((element) => element.setAttribute('lang', 'xx'));
  t.is(await part('studio').getAttribute('lang'), 'en');
});

inBrowser('Who wants no motion sees none', async (t) => {
  t.timeout(180_000);
  const { page, part, choose } = await studios.open(t, { reducedMotion: 'reduce' });
  await part('choose').waitFor();
  await page.route('**/uploads/**', async (route) => {
    if (route.request().method() !== 'PUT') await route.continue();
  });
  await choose(await photo());
  await page.locator('[part=photo][data-phase=uploading]').waitFor();
  const moving = await page.evaluate(() => {
    const all = document.querySelector('cutline-studio')!.shadowRoot!.querySelectorAll('*');
    return [...all].flatMap((element) => {
      const long = element.getAnimations().filter((animation) => {
        const { duration, iterations } = animation.effect!.getComputedTiming();
        return Number(duration) > 50 || iterations === Number.POSITIVE_INFINITY;
      });
      return long.length > 0 ? [element.className] : [];
    });
  });
  t.deepEqual(moving, []);
});

inBrowser('A screen reader hears what happens, once', async (t) => {
  t.timeout(180_000);
  const { page, part, choose, done } = await studios.open(t);
  await part('live').evaluate((live) => {
    const heard: string[] = [];
    new MutationObserver(() => heard.push(live.textContent!)).observe(live, {
      childList: true,
      subtree: true,
    });
    Object.assign(globalThis, { heard });
  });
  await choose(await photo());
  await done();
  await page.waitForFunction(() =>
    (globalThis as unknown as { heard: string[] }).heard.at(-1)?.includes('ready'),
  );
  const heard = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
  t.is(heard.at(-1), 'fox.jpg is ready.');
  t.is(new Set(heard).size, heard.length);
});

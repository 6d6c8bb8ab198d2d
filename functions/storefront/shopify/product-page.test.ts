// The block on a product's page, in a real browser: what goes into the cart.
import test from 'ava';
import { decode } from '../../../shared/image/codec.ts';
import { defaultLimits } from '../../../shared/image/limits.ts';
import { browserPath, noBrowser, openPage, violations } from '../../../shared/testing/browser.ts';
import type { Cleanup } from '../../local/testdata/serving.ts';
import { wholeFile } from '../../local/testdata/serving.ts';
import { photo } from '../../local/testdata/studio.ts';
import { openShop, renderer } from './testdata/shop.ts';

const missing = renderer ? noBrowser : 'liquidjs is not installed';
const inShop = browserPath && renderer ? test.serial : test.serial.skip;
if (!browserPath || !renderer)
  test(`The block is not tried on a product’s page: ${missing}`, (t) => t.pass());

const cleanup = wholeFile(test.after.always);
let shop: Awaited<ReturnType<typeof openShop>>;
test.before(async (t) => {
  t.timeout(180_000);
  if (browserPath && renderer) shop = await openShop(cleanup);
});

async function visit(t: Cleanup, query = '') {
  const opened = await openPage(t, shop.browser, { origins: [shop.base, shop.serving.url] });
  await opened.page.goto(`${shop.base}/products/mug${query}`);
  return opened;
}

inShop('The order has the job, and a link that opens its picture and nothing else', async (t) => {
  t.timeout(180_000);
  const { page, strangers, faults } = await visit(t);
  t.is(await page.locator('cutline-studio').count(), 0, 'nothing is loaded before it is asked for');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByText('Please add your photo first').waitFor();
  t.deepEqual([new URL(page.url()).pathname, shop.carts.length], ['/products/mug', 0]);
  t.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Add your photo' }).click();
  await page.locator('[part=choose]').waitFor();
  t.deepEqual(await violations(page), []);
  await page.locator('[part="file-input"]').setInputFiles([await photo()]);
  const made = page.locator('input[name="properties[_cutline_job]"]');
  await made.waitFor({ state: 'attached' });
  const first = await made.inputValue();
  // There is place for one: another photo takes it, and until its picture is there the order has none.
  await page.locator('[part="file-input"]').setInputFiles([await photo('bear.jpg', 320)]);
  await made.waitFor({ state: 'detached' });
  await made.waitFor({ state: 'attached' });
  t.is(await page.getByText('Please add your photo first').isVisible(), false);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('heading', { name: 'Cart' }).waitFor();
  const cart = Object.fromEntries(shop.carts.pop()!);
  const job = cart['properties[_cutline_job]']!;
  const link = cart['properties[_cutline_link]']!;
  t.not(job, first);
  t.deepEqual(cart, {
    id: '7',
    'properties[_cutline_job]': job,
    'properties[_cutline_link]': link,
    'properties[Photo]': link,
  });
  t.regex(link, new RegExp(`^${shop.serving.url}/jobs/${job}/files/cutout\\?k=[\\w-]{43}$`));
  const { picture } = await decode(Buffer.from(await (await fetch(link)).arrayBuffer()), defaultLimits);
  // What the shop has fixed wins over the block's enlargement of two.
  t.deepEqual([picture.width, picture.height, picture.alpha === undefined], [320, 240, false]);
  t.is((await fetch(link.replace('/files/cutout', ''), { method: 'DELETE' })).status, 404);
  t.deepEqual([strangers, faults], [[], []]);
});

inShop('The link follows what the shopper chooses, and goes with the photo', async (t) => {
  t.timeout(180_000);
  const { page, strangers, faults } = await visit(t, '?max_photos=2&start=page');
  await page
    .locator('[part="file-input"]')
    .setInputFiles([await photo('one.jpg'), await photo('two.jpg', 320)]);
  const jobs = page.locator('input[name^="properties[_cutline_job"]');
  await jobs.nth(1).waitFor({ state: 'attached' });
  const names = await jobs.evaluateAll((inputs) => inputs.map((input) => input.getAttribute('name')));
  t.deepEqual(names, ['properties[_cutline_job]', 'properties[_cutline_job_2]']);
  await page.locator('[part=photo]').first().click();
  await page.locator('[part=look][data-value=halftone]').click();
  await page.getByRole('tab', { name: 'Background' }).click();
  await page.locator('[part=background][data-value=garden]').click();
  const links = page.locator('input[name^="properties[_cutline_link"]');
  await page
    .locator('input[name^="properties[_cutline_link"][value*="background=garden"]')
    .waitFor({ state: 'attached' });
  const ends = await links.evaluateAll((inputs) => inputs.map((input) => input.getAttribute('value')!));
  const files = ends.map((link) => new URL(link).pathname.split('/').at(-1)!);
  t.deepEqual(files.toSorted(), ['cutout', 'halftone']);
  const answer = await fetch(ends[files.indexOf('halftone')]!);
  const { picture } = await decode(Buffer.from(await answer.arrayBuffer()), defaultLimits);
  t.deepEqual([answer.status, picture.alpha], [200, undefined]);
  await page.locator('[part=remove]').first().click({ force: true });
  await links.nth(1).waitFor({ state: 'detached' });
  t.is(await links.count(), 1);
  t.deepEqual([strangers, faults], [[], []]);
});

inShop(
  'The block is German in a German shop, may be open at once, and may let orders pass without a photo',
  async (t) => {
    t.timeout(180_000);
    const { page } = await visit(t, '?locale=de&start=page&off=required,show_link,look_sketch,download');
    await page.getByRole('button', { name: 'Fotos auswählen' }).waitFor();
    t.is(
      await page.locator('cutline-studio').getAttribute('looks'),
      'enhanced-bw,color,pop-art,halftone,duotone',
    );
    const downloads = page.locator('[part=downloads]');
    t.is(await downloads.evaluate((element) => getComputedStyle(element).display), 'none');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('heading', { name: 'Cart' }).waitFor();
    t.deepEqual(Object.fromEntries(shop.carts.pop()!), { id: '7' });
  },
);

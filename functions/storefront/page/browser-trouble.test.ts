// What goes wrong, and what the shopper is told of it: in a real browser against a running service.
import test from 'ava';
import type { Route } from 'playwright-core';
import { browserPath, noBrowser, openPage, violations } from '../../../shared/testing/browser.ts';
import { dataFolder, serve, wholeFile } from '../../local/testdata/serving.ts';
import { blank, openStudios, photo } from '../../local/testdata/studio.ts';

const inBrowser = browserPath ? test.serial : test.serial.skip;
if (!browserPath) test(`Trouble is not tested: ${noBrowser}`, (t) => t.pass());

const cleanup = wholeFile(test.after.always);
let studios: Awaited<ReturnType<typeof openStudios>>;
test.before(async (t) => {
  t.timeout(180_000);
  if (browserPath) studios = await openStudios(cleanup);
});

const failing = (status: number, code: string) => (route: Route) =>
  route.fulfill({ status, json: { error_code: code, detail: 'It failed', request_id: 'request-1' } });

inBrowser('A cold service says how long it takes, and photos go off by themselves', async (t) => {
  t.timeout(180_000);
  let warmth: object = { status: 'starting', elapsed_ms: 3000, estimate_ms: 12_000, stages: {} };
  const { page, part, choose, done } = await studios.open(t, {}, async (opened) => {
    await opened.route('**/warmup?*', async (route) => {
      // Whoever waits for warmth does so until it is there.
      if (route.request().url().includes('wait=true') && 'elapsed_ms' in warmth)
        return void setTimeout(() => route.fulfill({ json: warmth }), 1000);
      await route.fulfill({ json: warmth });
    });
    await opened.route('**/jobs/uploads', async (route) => {
      if (!('elapsed_ms' in warmth)) return await route.continue();
      await route.fulfill({
        status: 503,
        headers: { 'Retry-After': '1' },
        json: { error_code: 'MODEL_LOADING', detail: 'Loading', request_id: 'request-1' },
      });
    });
  });
  await page.locator('[part=status][data-engine=starting]').waitFor();
  t.regex(await part('status-text').innerText(), /^Starting the image engine… about [1-9] secs?$/);
  t.deepEqual(await violations(page), []);
  await choose(await photo());
  await page.locator('[part=photo][data-phase=waiting]').waitFor();
  warmth = { status: 'warm', estimate_ms: null, stages: {} };
  await done();
  await page.locator('[part=status][data-engine=ready]').waitFor();
  t.is(await part('status-text').innerText(), 'Ready');
});

inBrowser('A photo that is chosen while the service still starts waits for it', async (t) => {
  t.timeout(180_000);
  const { url } = await serve(t, { data: await dataFolder(t) });
  const { page } = await openPage(t, studios.browser, { origins: [url] });
  // As soon as there is somebody to ask.
  while (!(await page.goto(url).catch(() => undefined))) await page.waitForTimeout(50);
  await page.locator('[part="file-input"]').setInputFiles([await photo()]);
  await page.locator('[part=photo][data-phase=done]').waitFor();
  await page.locator('[part=status][data-engine=ready]').waitFor();
  t.is(await page.locator('[part=look]').count(), 7);
});

inBrowser('What is no photo, or too large, or too small, is said before anything is sent', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part, choose } = studio;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  const text = {
    name: 'notes.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('not a photo at all '.repeat(9)),
  };
  const huge = await photo('huge.jpg');
  const cases = [
    [text, /^This is not a photo that can be used/],
    [await blank('tiny.png', 20, 20), /^This photo has 20 × 20 pixels. At least \d+ × \d+ are needed\.$/],
    [
      { ...huge, buffer: Buffer.concat([huge.buffer, Buffer.alloc(4 * 2 ** 20)]) },
      /^This file has 4 MB\. At most 4 MB/,
    ],
    [await blank('long.png', 12_000, 70), /^This photo has 12,000 × 70 pixels\. At most/],
    [{ ...huge, buffer: huge.buffer.subarray(0, 400) }, /^This file is damaged/],
  ] as const;
  for (const [file, expected] of cases) {
    await choose(file);
    await page.locator('[part=photo][data-phase=refused]').waitFor();
    t.regex(await part('problem').innerText(), expected, file.name);
    t.deepEqual(await violations(page), [], file.name);
    await part('remove').click({ force: true });
    await part('choose').waitFor();
  }
  t.deepEqual(
    (await studio.told('error', cases.length)).map(({ code }) => code),
    ['INVALID_FORMAT', 'IMAGE_TOO_SMALL', 'FILE_TOO_LARGE', 'IMAGE_TOO_LARGE', 'IMAGE_CORRUPT'],
  );
  t.deepEqual(
    asked.filter((each) => /jobs|uploads/.test(each)),
    [],
  );
});

inBrowser('A service that fails is asked again, then said to fail, and can be asked once more', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part, choose, done } = studio;
  let asked = 0;
  await page.route('**/jobs/uploads', async (route) => {
    asked += 1;
    await failing(500, 'INTERNAL')(route);
  });
  await choose(await photo());
  await page.locator('[part=photo][data-phase=failed]').waitFor();
  t.true(asked > 1);
  t.is(await part('problem').innerText(), 'Something went wrong on our side. Please try again.');
  t.deepEqual(await violations(page), []);
  t.like((await studio.told('error'))[0], { code: 'INTERNAL', photo: 'fox.jpg' });
  await page.unroute('**/jobs/uploads');
  await page.getByRole('button', { name: 'Try again' }).click();
  await done();
});

inBrowser('A job that fails says why, and another photo can take its place', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part, choose } = studio;
  await choose(await blank('wall.png', 200, 200));
  await page.locator('[part=photo][data-phase=failed]').waitFor();
  t.regex(await part('problem').innerText(), /^Nothing in this photo stands out/);
  const [error] = await studio.told('error');
  t.is(error!.code, 'NO_SUBJECT');
  t.regex(String(error!.job), /^[0-9a-f]{32}$/);
  await Promise.all([page.waitForEvent('filechooser'), part('other').click()]);
  await part('choose').waitFor();
});

inBrowser('A busy service is waited for', async (t) => {
  t.timeout(180_000);
  const { page, choose, done } = await studios.open(t);
  let left = 2;
  await page.route('**/jobs/uploads', async (route) => {
    if (left-- <= 0) return await route.continue();
    await route.fulfill({
      status: 503,
      headers: { 'Retry-After': '1' },
      json: { error_code: 'BUSY', detail: 'Busy', request_id: 'request-1' },
    });
  });
  await choose(await photo());
  await page.locator('[part=status][data-engine=busy]').waitFor();
  await done();
  await page.locator('[part=status][data-engine=ready]').waitFor();
  t.is(left, -1);
});

inBrowser('Offline, photos wait, and go off when the connection is back', async (t) => {
  t.timeout(180_000);
  const { page, context, part, choose, done } = await studios.open(t);
  await page.locator('[part=status][data-engine=ready]').waitFor();
  await context.setOffline(true);
  await page.locator('[part=status][data-engine=offline]').waitFor();
  t.regex(await part('status-text').innerText(), /^You are offline\./);
  await choose(await photo());
  await page.locator('[part=photo][data-phase=waiting]').waitFor();
  t.deepEqual(await violations(page), []);
  await context.setOffline(false);
  await done();
  await page.locator('[part=status][data-engine=ready]').waitFor();
});

inBrowser('A photo whose connection breaks is sent again', async (t) => {
  t.timeout(180_000);
  const { page, choose, done } = await studios.open(t);
  let broken = 0;
  await page.route('**/uploads/**', async (route) => {
    if (route.request().method() !== 'PUT' || broken > 0) return await route.continue();
    broken += 1;
    await route.abort('connectionreset');
  });
  await choose(await photo());
  await done();
  t.is(broken, 1);
});

inBrowser('Where events do not get through, the job is asked for', async (t) => {
  t.timeout(180_000);
  const { page, choose, done, told } = await studios.open(t);
  await page.route('**/events?*', (route) => route.fulfill({ status: 502, body: 'a proxy' }));
  await choose(await photo());
  await done();
  t.like((await told('result'))[0], { photo: 'fox.jpg', width: 576, height: 720 });
});

inBrowser('A cancelled photo is gone from the page and from the service', async (t) => {
  t.timeout(180_000);
  const { page, part, choose } = await studios.open(t);
  // Held until it is cancelled.
  await page.route('**/uploads/**', async (route) => {
    if (route.request().method() !== 'PUT') await route.continue();
  });
  await choose(await photo());
  await page.locator('[part=photo][data-phase=uploading]').waitFor();
  const [removed] = await Promise.all([
    page.waitForRequest((request) => request.method() === 'DELETE'),
    part('cancel').click(),
  ]);
  await part('choose').waitFor();
  t.regex(new URL(removed.url()).pathname, /^\/jobs\/[0-9a-f]{32}$/);
});

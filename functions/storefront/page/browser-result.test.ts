// From a photo to what the shopper keeps, in a real browser against a running service with the built-in models.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { unzipSync } from 'fflate';
import { decode } from '../../../shared/image/codec.ts';
import { defaultLimits } from '../../../shared/image/limits.ts';
import { supportedFormats } from '../../../shared/image/sniff.ts';
import { browserPath, noBrowser } from '../../../shared/testing/browser.ts';
import { wholeFile } from '../../local/testdata/serving.ts';
import type { OpenStudio } from '../../local/testdata/studio.ts';
import { blank, openStudios, photo } from '../../local/testdata/studio.ts';

const inBrowser = browserPath ? test.serial : test.serial.skip;
if (!browserPath) test(`The result is not tested: ${noBrowser}`, (t) => t.pass());

const cleanup = wholeFile(test.after.always);
let studios: Awaited<ReturnType<typeof openStudios>>;
test.before(async (t) => {
  t.timeout(180_000);
  if (browserPath) studios = await openStudios(cleanup);
});

interface Result {
  readonly job: string;
  readonly files: Readonly<Record<string, string>>;
  readonly zip: string;
  readonly subject: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

async function download({ page, part }: OpenStudio): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), part('download').click()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

async function results(studio: OpenStudio, count = 1): Promise<Result[]> {
  return (await studio.told('result', count)) as unknown as Result[];
}

const bytesAt = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());

inBrowser('A photo becomes a PNG on the shopper’s disk, and nobody else is asked anything', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part, choose, done, told } = studio;
  t.deepEqual((await told('ready'))[0]!.formats, supportedFormats);
  await choose(await photo('my fox.jpg'));
  await done();
  const [result] = await results(studio);
  t.like(result, { photo: 'my fox.jpg', width: 576, height: 720 });
  t.true((await part('live').innerText()).includes('my fox.jpg is ready.'));
  const { name, bytes } = await download(studio);
  t.is(name, 'my-fox-cutout.png');
  const { picture, format } = await decode(bytes, defaultLimits);
  t.is(format, 'PNG');
  t.like(picture, { width: 576, height: 720 });
  const alpha = (x: number, y: number) => picture.alpha?.[y * 576 + x];
  t.deepEqual([alpha(4, 4), alpha(4, 715), alpha(288, 360)], [0, 0, 255]);
  t.deepEqual(bytes, await bytesAt(`${result!.files.cutout}&format=png`));
  t.is(await part('details').locator('dd').first().textContent(), '576 × 720 pixels');
  t.deepEqual([studio.strangers, studio.faults], [[], []]);
  await page.close();
});

inBrowser('What is chosen is seen at once and downloaded as chosen', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part } = studio;
  await studio.choose(await photo());
  await studio.done();
  const [{ files, zip }] = (await results(studio)) as [Result];
  await page.locator('[part=look][data-value=halftone]').click();
  await page.getByRole('tab', { name: 'Background' }).click();
  await page.locator('[part=background][data-value=garden]').click();
  await page.getByText('Soft shadow').click();
  await page.getByRole('tab', { name: 'Size' }).click();
  await page.getByText('Crop to the subject').click();
  await part('format').selectOption('webp');
  const { name, bytes } = await download(studio);
  t.is(name, 'fox-halftone.webp');
  const form = 'format=webp&background=garden&shadow=true&crop=true&margin=5%25';
  t.deepEqual(bytes, await bytesAt(`${files.halftone}&${form}`));
  const { picture, format } = await decode(bytes, defaultLimits);
  t.is(format, 'WEBP');
  t.deepEqual([picture.alpha, picture.height < 720], [undefined, true]);
  await part('format').selectOption('zip');
  const all = await download(studio);
  t.is(all.name, 'fox-all.zip');
  t.deepEqual(Object.keys(unzipSync(all.bytes)), Object.keys(unzipSync(await bytesAt(zip))));
  t.deepEqual([studio.strangers, studio.faults], [[], []]);
});

inBrowser('A picture of the shopper’s own comes behind the subject', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part } = studio;
  await studio.choose(await photo());
  await studio.done();
  await page.getByRole('tab', { name: 'Background' }).click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), part('own').click()]);
  await chooser.setFiles([await blank('grey.png', 90, 120)]);
  await page.locator('[part=own][aria-pressed=true]').waitFor();
  const { picture } = await decode((await download(studio)).bytes, defaultLimits);
  t.like(picture, { width: 576, height: 720 });
  t.deepEqual([...picture.data.subarray(0, 3)], [128, 128, 128]);
  // Another one in its place.
  const seen = () => part('picture').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const grey = await seen();
  await part('own-input').setInputFiles([await photo('bear.jpg', 300)]);
  while ((await seen()) === grey) await page.waitForTimeout(20);
});

inBrowser('Three photos at once become three results, each with its own choices', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part } = studio;
  await studio.choose(await photo('one.jpg'), await photo('bear.jpg', 300), await photo('three.jpg', 320));
  const made = await results(studio, 3);
  t.is(new Set(made.map(({ job }) => job)).size, 3);
  await studio.done();
  await page.locator('[part=look][data-value=sketch]').click();
  await page.getByRole('button', { name: 'bear.jpg: Done' }).click();
  t.true(await page.locator('[part=look][data-value=cutout] input').isChecked());
  await page.getByRole('button', { name: 'one.jpg: Done' }).click();
  t.true(await page.locator('[part=look][data-value=sketch] input').isChecked());
  await part('remove').first().click({ force: true });
  t.is(await page.locator('[part=photo]').count(), 2);
});

inBrowser('Photos are dropped anywhere on the page’s studio, and pasted', async (t) => {
  t.timeout(180_000);
  const { page, part, told } = await studios.open(t);
  await part('choose').waitFor();
  const { name, mimeType, buffer } = await photo();
  const give = [name, mimeType, buffer.toString('base64')] as const;
  await page.evaluate(([called, type, base64]) => {
    const file = new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], called, {
      type,
    });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(file);
    const init = { bubbles: true, composed: true, cancelable: true };
    document.body.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData }));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([file], 'dropped.jpg', { type }));
    const studio = document.querySelector('cutline-studio')!;
    for (const kind of ['dragenter', 'dragover', 'drop'])
      studio.dispatchEvent(new DragEvent(kind, { ...init, dataTransfer }));
  }, give);
  const names = (await told('result', 2)).map((result) => result.photo);
  t.deepEqual(names.toSorted(), ['dropped.jpg', 'fox.jpg']);
  t.is(await part('studio').getAttribute('data-over'), null);
});

/** Where a point of the picture (0–1) is on the screen. */
async function onScreen({ page }: OpenStudio, x: number, y: number): Promise<{ x: number; y: number }> {
  return await page.locator('.canvas-box').evaluate(
    (box, [across, down]) => {
      const { left, top } = box.getBoundingClientRect();
      const read = (name: string) => Number.parseFloat(getComputedStyle(box).getPropertyValue(name));
      return {
        x: left + read('--left') + across * read('--width'),
        y: top + read('--top') + down * read('--height'),
      };
    },
    [x, y] as const,
  );
}

/** How opaque the picture is there. */
async function alphaAt(studio: OpenStudio, x: number, y: number): Promise<number> {
  const at = await onScreen(studio, x, y);
  return await studio.part('picture').evaluate(async (element, point) => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const canvas = element as HTMLCanvasElement;
    const { left, top, width } = canvas.getBoundingClientRect();
    const dots = canvas.width / width;
    const context = canvas.getContext('2d')!;
    return context.getImageData((point.x - left) * dots, (point.y - top) * dots, 1, 1).data[3]!;
  }, at);
}

inBrowser('The brush erases at once, takes it back, and makes the files anew', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t);
  const { page, part } = studio;
  await studio.choose(await photo());
  await studio.done();
  const [first] = (await results(studio)) as [Result];
  await page.getByRole('tab', { name: 'Edges' }).click();
  await part('brush-start').click();
  await page.locator('[part=stage][data-mode=brush]').waitFor();
  t.is(await alphaAt(studio, 0.5, 0.5), 255);
  const [from, to] = [await onScreen(studio, 0.45, 0.5), await onScreen(studio, 0.55, 0.5)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  t.is(await alphaAt(studio, 0.5, 0.5), 0);
  await part('brush-undo').click();
  t.is(await alphaAt(studio, 0.5, 0.5), 255);
  // By keyboard: the brush begins in the middle.
  await page.getByRole('application', { name: 'Outline brush' }).focus();
  await page.keyboard.press('e');
  await page.keyboard.down('Space');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.up('Space');
  await page.keyboard.press('Control+z');
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  t.is(await alphaAt(studio, 0.5, 0.5), 0);
  await part('brush-done').click();
  const [, second] = (await results(studio, 2)) as [Result, Result];
  t.not(second.job, first.job);
  await page.locator('[part=changes]:not([aria-busy])').waitFor();
  const { bytes } = await download(studio);
  t.deepEqual(bytes, await bytesAt(`${second.files.cutout}&format=png`));
  const { picture } = await decode(bytes, defaultLimits);
  t.is(picture.alpha?.[360 * picture.width + 288], 0);
  t.deepEqual([studio.strangers, studio.faults], [[], []]);
});

inBrowser('At 100 % every pixel is shown, and the picture is moved about', async (t) => {
  t.timeout(180_000);
  const studio = await studios.open(t, { viewport: { width: 500, height: 700 } });
  const { page, part } = studio;
  await studio.choose(await photo());
  await studio.done();
  const picture = part('picture');
  const look = () => picture.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  /** Waits until another picture is painted. */
  const changes = async (from: string): Promise<string> => {
    for (let now = await look(); ; now = await look()) if (now !== from) return now;
  };
  await page.locator('.canvas-box[style*="--width"]').waitFor();
  const fitted = await look();
  await page.getByRole('button', { name: 'Zoom to 100 %' }).click();
  await page.locator('[part=stage][data-mode=zoom]').waitFor();
  const close = await changes(fitted);
  await page.getByRole('application', { name: 'Result' }).focus();
  await page.keyboard.press('ArrowDown');
  await changes(close);
  await page.keyboard.press('Escape');
  await page.locator('[part=stage][data-mode=compare]').waitFor();
  t.not(await changes(close), close);
});

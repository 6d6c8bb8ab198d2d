// The React hook in a real browser, against a running service with the built-in models.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { RealStages } from '../../shared/testing/brief-rig.ts';
import { openRealStages, serveBrief } from '../../shared/testing/brief-rig.ts';
import { listen } from '../../shared/testing/push-server.ts';

const here = import.meta.dirname;
const sample = join(here, '../../models/samples/plush-fox.jpg');
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const missing = [...(browserPath ? [] : ['Chromium']), ...(isThere('react-dom') ? [] : ['react-dom'])];
const inBrowser = missing.length === 0 ? test : test.skip;
if (missing.length > 0)
  test(`${missing.join(' and ')} is not installed: the React hook is not tested`, (t) => t.pass());

let real: RealStages;
test.before(async (t) => {
  t.timeout(120_000);
  if (missing.length === 0) real = await openRealStages();
});
test.after.always(() => real?.stages.close());

function isThere(name: string): boolean {
  try {
    return Boolean(createRequire(import.meta.url).resolve(name));
  } catch {
    return false;
  }
}

/** What a shop would write around the hook. */
const shop = `
  import { createElement as h } from 'react';
  import { createRoot } from 'react-dom/client';
  import { useBackgroundRemoval } from './use-background-removal.mjs';

  function Shop() {
    const { processedBlob, processing, error, processingTimeMs, removeBackground } = useBackgroundRemoval();
    return h('main', {},
      h('input', { type: 'file', onChange: (event) => event.target.files[0] && removeBackground(event.target.files[0]) }),
      processing && h('p', { id: 'working' }, 'Working'),
      error && h('p', { id: 'error' }, error),
      processedBlob && h('img', { src: URL.createObjectURL(processedBlob), alt: String(processingTimeMs) }));
  }
  createRoot(document.body.appendChild(document.createElement('div'))).render(h(Shop));
`;

/** The shop's page, with the service behind the same address. @param unanswered a photo whose sender waits for ever */
async function openShop(
  t: ExecutionContext,
  unanswered?: string,
): Promise<{ page: Page; asked: string[]; left: string[] }> {
  const { base } = await serveBrief(t, real);
  const { outputFiles } = await build({
    stdin: { contents: shop, resolveDir: here },
    bundle: true,
    write: false,
    format: 'esm',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const [asked, left]: [string[], string[]] = [[], []];
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      return response.end(
        `<!doctype html><body></body><script type="module">${outputFiles[0]!.text}</script>`,
      );
    }
    asked.push(request.url!);
    response.once('close', () => response.writableEnded || left.push(request.url!));
    const body = Buffer.concat(await Array.fromAsync(request).catch(() => []));
    if (unanswered !== undefined && body.includes(unanswered)) return;
    const headers = { 'content-type': request.headers['content-type']! };
    const answer = await fetch(base + request.url, { method: 'POST', headers, body });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  const url = `http://127.0.0.1:${await listen(t, server)}`;
  const browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox'] });
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  return { page, asked, left };
}

inBrowser('A photo that is chosen comes back cut out', async (t) => {
  t.timeout(180_000);
  const { page, asked } = await openShop(t);
  await page.locator('input').setInputFiles(sample);
  await page.locator('#working').waitFor();
  const picture = page.locator('img');
  await picture.waitFor({ timeout: 120_000 });
  t.regex((await picture.getAttribute('alt'))!, /^\d+(\.\d)?$/);
  const corner = await picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, 1, 1).data[3];
  });
  t.is(corner, 0, 'its corner is transparent');
  t.is(await page.locator('#working').count(), 0);
  t.deepEqual(asked, ['/api/background-removal/remove']);
});

inBrowser('A second photo ends the work on the first', async (t) => {
  t.timeout(180_000);
  const { page, asked, left } = await openShop(t, 'the first');
  // Both in one turn.
  await page.locator('input').evaluate((input: HTMLInputElement) => {
    for (const text of ['the first', 'the second']) {
      const chosen = new DataTransfer();
      chosen.items.add(new File([text], text));
      input.files = chosen.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }
  });
  await page.locator('#error').waitFor();
  t.true(asked.length === 1 || asked.length === 2, 'the first may not have been sent at all');
  // Whoever left is noticed when the connection says so.
  while (left.length < asked.length - 1) await page.waitForTimeout(20);
  t.is(left.length, asked.length - 1, 'only the second was answered');
});

inBrowser(
  'A file that is no picture says so in the service’s words, and the next photo is taken',
  async (t) => {
    t.timeout(180_000);
    const { page } = await openShop(t);
    await page.locator('input').setInputFiles(join(here, 'curl.sh'));
    await page.locator('#error').waitFor();
    t.regex((await page.locator('#error').textContent())!, /^Unsupported file format\. Please upload JPEG/);
    await page.locator('input').setInputFiles(sample);
    await page.locator('img').waitFor({ timeout: 120_000 });
    t.is(await page.locator('#error').count(), 0);
  },
);

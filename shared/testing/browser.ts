// A real Chromium for tests: the system's own, with an empty profile, told to ask nobody but the page's own service.
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/** The part of ava's context that cleans up; of a test, or of a whole file. */
export interface Cleanup {
  teardown(work: () => unknown): void;
}

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Undefined where there is no browser: tests that need one are skipped, and say so. */
export const browserPath = places.find((place) => place !== undefined && existsSync(place));
export const noBrowser = 'there is no Chromium (CHROMIUM names one)';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** It is closed with the test, or with the whole file. */
export async function openBrowser(t: Cleanup): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: browserPath!, args: flags, timeout: 120_000 });
  t.teardown(() => browser.close());
  return browser;
}

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Requests that went elsewhere than to `origins`. */
  readonly strangers: string[];
  /** What the page threw, or was refused by its own policy. */
  readonly faults: string[];
}

export interface PageOptions extends BrowserContextOptions {
  readonly origins: readonly string[];
}

/** A page with nothing in it yet, in a profile of its own. */
export async function openPage(t: Cleanup, browser: Browser, options: PageOptions): Promise<OpenPage> {
  const { origins, ...wishes } = options;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    acceptDownloads: true,
    ...wishes,
  });
  t.teardown(() => context.close());
  // A busy machine is slow, not wrong.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  // Dialogs are held back from the start: a browser that is told so late shows the first one, and waits.
  page.on('filechooser', () => {});
  const strangers: string[] = [];
  const faults: string[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && !origins.includes(url.origin)) strangers.push(url.href);
  });
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (said) => {
    if (said.type() === 'error' && /Content Security Policy|Uncaught/.test(said.text()))
      faults.push(said.text());
  });
  return { page, context, strangers, faults };
}

/** What axe-core has to say against the page as it is now, as `rule: element`. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe: inPage, document: whole } = globalThis as unknown as { axe: typeof axe; document: never };
    const found = await inPage.run(whole, { resultTypes: ['violations'] });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
  });
}

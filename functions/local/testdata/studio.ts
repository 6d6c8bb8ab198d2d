// The page of a running `npm run serve` in a real browser, and photos to choose there.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { decode, encode } from '../../../shared/image/codec.ts';
import { defaultLimits } from '../../../shared/image/limits.ts';
import type { Picture } from '../../../shared/image/picture.ts';
import { thumbnail } from '../../../shared/image/thumbnail.ts';
import type { OpenPage } from '../../../shared/testing/browser.ts';
import { openBrowser, openPage } from '../../../shared/testing/browser.ts';
import type { Cleanup } from './serving.ts';
import { dataFolder, samples, serve } from './serving.ts';

/** Fewer than the page's own: tests wait for each. */
const SIDE = 360;

export interface OpenStudio extends OpenPage {
  /** By its `part`. */
  part(name: string): Locator;
  choose(...photos: readonly ChosenFile[]): Promise<void>;
  /** Waits until the photo that is shown is done. */
  done(): Promise<void>;
  /** Waits for `cutline:<name>`, which may have been told already. @returns its details in their order */
  told(name: string, count?: number): Promise<Record<string, unknown>[]>;
}

export interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** @param env beside what lets many tests ask at once */
export async function openStudios(cleanup: Cleanup, env: Readonly<Record<string, string>> = {}) {
  const data = await dataFolder(cleanup);
  const limits = { RATE_LIMIT_PER_SECOND: '1000', RATE_LIMIT_PER_MINUTE: '1000', MAX_IMAGE_SIZE_MB: '4' };
  const serving = await serve(cleanup, { data, env: { ...limits, ...env } });
  const browser = await openBrowser(cleanup);
  await serving.logged('Serving');

  return {
    serving,
    browser,
    /** @param arrange what is to be there before the page is */
    async open(
      t: Cleanup,
      options: BrowserContextOptions = {},
      arrange?: (page: Page) => Promise<unknown>,
    ): Promise<OpenStudio> {
      const opened = await openPage(t, browser, { origins: [serving.url], ...options });
      const { page } = opened;
      await page.addInitScript(listen);
      await arrange?.(page);
      await page.goto(serving.url);
      const part = (name: string): Locator => page.locator(`[part="${name}"]`);
      return {
        ...opened,
        part,
        choose: (...photos) => part('file-input').setInputFiles([...photos]),
        done: () => part('photos').locator('[aria-current][data-phase="done"]').waitFor(),
        async told(name, count = 1) {
          const enough = ([wanted, least]: readonly [string, number]): unknown =>
            ((globalThis as unknown as Told).told?.[wanted]?.length ?? 0) >= least;
          await page.waitForFunction(enough, [name, count] as const);
          return await page.evaluate((wanted) => (globalThis as unknown as Told).told![wanted]!, name);
        },
      };
    },
  };
}

interface Told {
  told?: Record<string, Record<string, unknown>[]>;
}

/** In the page: keeps what the element tells its shop. */
function listen(): void {
  const page = globalThis as unknown as Told & {
    addEventListener(name: string, hear: (event: { detail: Record<string, unknown> }) => void): void;
  };
  page.told = {};
  for (const name of ['ready', 'result', 'error', 'change', 'remove'])
    page.addEventListener(`cutline:${name}`, ({ detail }) => {
      page.told![name] = [...(page.told![name] ?? []), detail];
    });
}

/** Of a plush animal before a garden. */
export async function photo(name = 'fox.jpg', side = SIDE): Promise<ChosenFile> {
  const sample = name.startsWith('bear') ? 'plush-bear.jpg' : 'plush-fox.jpg';
  const { picture } = await decode(await readFile(join(samples, sample)), defaultLimits);
  const small = await thumbnail(picture, side);
  return {
    name,
    mimeType: 'image/jpeg',
    buffer: Buffer.from(await encode(small, { format: 'jpeg' })),
  };
}

/** A grey picture of that size. */
export async function blank(name: string, width: number, height: number): Promise<ChosenFile> {
  const picture: Picture = { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(128) };
  return { name, mimeType: 'image/png', buffer: Buffer.from(await encode(picture, { format: 'png' })) };
}

// The page's script as it was built, and what the page shows, read from their folders.
import { readFile } from 'node:fs/promises';
import { decode, encode } from '../shared/image/codec.ts';
import type { ImageLimits } from '../shared/image/limits.ts';
import { thumbnail } from '../shared/image/thumbnail.ts';
import { openTemplates } from './open-templates.ts';
import { catalogueOf } from './storefront/catalogue.ts';
import type { PageAsset, PagePorts } from './storefront/routes/page.ts';

/** Where `npm run page` puts it. */
export const pageScript = new URL('storefront/page/dist/cutline-studio.js', import.meta.url);

/** Twice the tiles' side: screens have two pixels for one. */
const THUMBNAIL_SIDE = 192;

/** Undefined where it was not built. */
async function readPageAsset(): Promise<PageAsset | undefined> {
  try {
    return { source: await readFile(pageScript) };
  } catch {
    return undefined;
  }
}

/** @param connect where photos are put and large files are fetched, as origins */
export async function openPage(limits: ImageLimits, connect: readonly string[]): Promise<PagePorts> {
  const templates = await openTemplates();
  return {
    asset: await readPageAsset(),
    catalogue: catalogueOf(limits, templates.names),
    templates,
    connect,
    async thumbnail(file) {
      const { picture } = await decode(file, limits);
      return await encode(await thumbnail(picture, THUMBNAIL_SIDE), { format: 'webp' });
    },
  };
}

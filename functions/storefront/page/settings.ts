// What the shop says by attributes.
import type { Settings as ApiSettings } from './api.ts';
import { sizesIn } from './print-text.ts';
import type { Wishes } from './studio.ts';
import type { ShopSettings } from './view.ts';

export interface Settings extends ApiSettings, Wishes, ShopSettings {
  /** In order of preference. */
  readonly languages: readonly string[];
  readonly theme: 'light' | 'dark' | undefined;
}

export const attributeNames = [
  'backgrounds',
  'endpoint',
  'lang',
  'looks',
  'max-photos',
  'model',
  'print',
  'print-sizes',
  'reference',
  'scale',
  'theme',
  'token',
  'token-url',
  'uploads-url',
] as const;

const DEFAULT_SIZES = '10x15cm,13x18cm,20x30cm,30x40cm,40x60cm,50x70cm';
const DEFAULT_SCALE = 2;
const DEFAULT_MOST = 20;

/** Anything with attributes. */
export interface Attributed {
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  closest?(selector: string): Attributed | null;
}

export function readSettings(element: Attributed): Settings {
  const text = (name: (typeof attributeNames)[number]): string | undefined =>
    element.getAttribute(name)?.trim() || undefined;
  const list = (name: 'looks' | 'backgrounds'): readonly string[] | undefined => {
    const given = text(name);
    if (given === undefined || given === 'all') return undefined;
    return given === 'none' ? [] : given.split(',').map((each) => each.trim());
  };
  const theme = text('theme');
  const lang = text('lang');
  return {
    endpoint: (text('endpoint') ?? ownOrigin()).replace(/\/+$/, ''),
    token: text('token'),
    tokenUrl: text('token-url'),
    uploadsUrl: text('uploads-url'),
    looks: list('looks'),
    backgrounds: list('backgrounds'),
    scale: positive(text('scale')) ?? DEFAULT_SCALE,
    print: element.hasAttribute('print') && text('print') !== 'false',
    model: text('model'),
    reference: text('reference'),
    most: positive(text('max-photos')) ?? DEFAULT_MOST,
    printSizes: sizesIn(text('print-sizes') ?? DEFAULT_SIZES),
    languages: lang === undefined ? navigator.languages : [lang],
    theme: theme === 'light' || theme === 'dark' ? theme : undefined,
  };
}

/** The service that gave out this script. */
function ownOrigin(): string {
  return new URL(import.meta.url).origin;
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

// The page's words, numbers and directions in the shopper's language.
import type { Problem } from './state.ts';

export type Locales = Readonly<Record<string, Readonly<Record<string, string>>>>;
export type Values = Readonly<Record<string, string | number>>;

export interface Texts {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  (key: string, values?: Values): string;
  /** Whether there are words for it. */
  has(key: string): boolean;
  number(value: number): string;
  bytes(count: number): string;
  /** Rounded as a person would say it. */
  time(ms: number): string;
  percent(share: number): string;
  list(items: readonly string[]): string;
  problem(problem: Problem): string;
}

const rightToLeft = /^(ar|dv|fa|he|ks|ku-arab|ps|sd|ug|ur|yi)\b/i;

/** @param wished in order of preference, as `navigator.languages` has them */
export function createTexts(wished: readonly string[], locales: Locales): Texts {
  const lang = wished.map((tag) => knownAs(tag, locales)).find(Boolean) ?? 'en';
  const words = locales[lang]!;
  const fallback = locales.en!;
  const region = wished.find((tag) => tag.toLowerCase().startsWith(lang.toLowerCase())) ?? lang;
  const format = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(region, options);

  const say = (key: string, values: Values = {}): string =>
    (words[key] ?? fallback[key] ?? key).replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = values[name];
      return value === undefined ? hole : typeof value === 'number' ? texts.number(value) : value;
    });

  const texts: Texts = Object.assign(say, {
    lang,
    dir: rightToLeft.test(lang) ? ('rtl' as const) : ('ltr' as const),
    has: (key: string) => key in words || key in fallback,
    number: (value: number) => format({ maximumFractionDigits: 1 }).format(value),
    bytes: (count: number) => {
      const [unit, size] = count >= 1e6 ? (['megabyte', 2 ** 20] as const) : (['kilobyte', 1024] as const);
      return format({ style: 'unit', unit, maximumFractionDigits: unit === 'megabyte' ? 1 : 0 }).format(
        count / size,
      );
    },
    time: (ms: number) => {
      const seconds = Math.max(1, Math.ceil(ms / 1000));
      const [unit, value] =
        seconds < 90 ? (['second', seconds] as const) : (['minute', Math.round(seconds / 60)] as const);
      return format({ style: 'unit', unit, unitDisplay: 'short' }).format(value);
    },
    percent: (share: number) => format({ style: 'percent' }).format(share),
    list: (items: readonly string[]) => new Intl.ListFormat(region, { type: 'disjunction' }).format(items),
    problem: ({ code, fields = {} }: Problem) => {
      const key = `problem.${sameAs[code] ?? code}`;
      if (!texts.has(key)) return say('problem.other');
      const values = Object.entries(fields).map(([name, value]) => [name, worded(name, value)] as const);
      const sentence = say(key, Object.fromEntries(values));
      // What the service found out itself comes without numbers.
      return sentence.includes('{') ? say(`${key}.plain`) : sentence;
    },
  });

  function worded(name: string, value: unknown): string | number {
    if (Array.isArray(value)) return texts.list(value.map(String));
    if (typeof value !== 'number') return String(value);
    return name.endsWith('bytes') ? texts.bytes(value) : value;
  }

  return texts;
}

/** What a shopper can do nothing else about. */
const sameAs: Readonly<Record<string, string>> = {
  TOKEN_INVALID: 'UNAUTHORIZED',
  TOKEN_EXPIRED: 'UNAUTHORIZED',
  FORBIDDEN: 'UNAUTHORIZED',
  ORIGIN_NOT_ALLOWED: 'UNAUTHORIZED',
  SHOP_NOT_ALLOWED: 'UNAUTHORIZED',
  SIGNATURE_INVALID: 'UNAUTHORIZED',
  MODEL_LOADING: 'BUSY',
  STAGE_UNAVAILABLE: 'BUSY',
  STORE_UNAVAILABLE: 'BUSY',
  SHUTTING_DOWN: 'BUSY',
  INPUT_GONE: 'JOB_NOT_FOUND',
};

/** `de` of `de-AT`. */
function knownAs(tag: string, locales: Locales): string | undefined {
  const [language = ''] = tag.split('-');
  return [tag, language].find((name) => Object.hasOwn(locales, name));
}

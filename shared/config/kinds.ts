// The kinds of values that a variable can hold: what is expected, in words, and how it is read.

export interface Kind<Value> {
  readonly expects: string;
  /** Undefined when the text is none of this kind. */
  parse(text: string): Value | undefined;
  /** What a message says in place of the text, where that must not be repeated. */
  received?(text: string): string;
}

export const anyText = (expects: string): Kind<string> => ({ expects, parse: (text) => text });

export const matching = (expects: string, pattern: RegExp): Kind<string> => ({
  expects,
  parse: (text) => (pattern.test(text) ? text : undefined),
});

export const wholeNumber = (from: number, to = Number.MAX_SAFE_INTEGER): Kind<number> => ({
  expects: `a whole number from ${from}${to < Number.MAX_SAFE_INTEGER ? ` to ${to}` : ''}`,
  parse: (text) =>
    /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined,
});

export const positiveNumber: Kind<number> = {
  expects: 'a number above 0',
  parse: (text) => (Number(text) > 0 && Number.isFinite(Number(text)) ? Number(text) : undefined),
};

/** Counted in whole parts, `factor` of which make one; less than one part is none of this kind. */
export const inParts = (factor: number): Kind<number> => ({
  expects: positiveNumber.expects,
  parse(text) {
    const parts = Math.floor((positiveNumber.parse(text) ?? 0) * factor);
    return parts >= 1 && Number.isSafeInteger(parts) ? parts : undefined;
  },
});

/** Node fires a timer of more than 2³¹ − 1 ms at once. */
const LONGEST_TIMER_SEC = 2_000_000;

/** Held in a timer, so a millisecond at least. */
export const seconds: Kind<number> = {
  expects: `a number from 0.001 to ${LONGEST_TIMER_SEC}`,
  parse(text) {
    const value = positiveNumber.parse(text) ?? 0;
    return value >= 0.001 && value <= LONGEST_TIMER_SEC ? value : undefined;
  },
};

/** The same, in whole milliseconds. */
export const secondsAsMs: Kind<number> = {
  expects: seconds.expects,
  parse(text) {
    const value = seconds.parse(text);
    return value === undefined ? undefined : Math.floor(value * 1000);
  },
};

/** Whatever case it is written in. @param aliases other words for some of them */
export function oneOf<Name extends string>(
  names: readonly Name[],
  aliases: Readonly<Record<string, NoInfer<Name>>> = {},
): Kind<Name> {
  return {
    expects: `one of ${names.join(', ')}`,
    parse(text) {
      const word = text.toLowerCase();
      return (
        names.find((name) => name === word) ?? (Object.hasOwn(aliases, word) ? aliases[word] : undefined)
      );
    },
  };
}

/** Written out, so that nobody wonders what 1 or yes mean. */
export const trueOrFalse: Kind<boolean> = {
  expects: 'true or false',
  parse(text) {
    const word = text.toLowerCase();
    return word === 'true' || (word === 'false' ? false : undefined);
  },
};

/** What must not be repeated in a message, because it may be a secret or hold one. */
export function unsaid<Value>(kind: Kind<Value>, received: (text: string) => string): Kind<Value> {
  return { ...kind, received };
}

/** Joined by commas; said twice is said once. */
export function listOf<Item>(item: Kind<Item>, expects: string): Kind<readonly Item[]> {
  return {
    expects,
    parse(text) {
      const items = text.split(',').map((part) => item.parse(part.trim()));
      const known = items.filter((value): value is Item & {} => value !== undefined);
      return known.length === items.length ? [...new Set(known)] : undefined;
    },
  };
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Tokens travel there: encrypted, or not beyond this machine. */
export function isSafeUrl({ protocol, hostname, username, password }: URL): boolean {
  const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
  return safe && username === '' && password === '';
}

/** A service's base address, without a slash at its end. */
export const serviceUrl: Kind<string> = {
  expects: 'an address that begins with https:// (http:// on this machine alone)',
  parse(text) {
    const url = URL.parse(text);
    if (!url || !isSafeUrl(url) || url.search !== '' || url.hash !== '') return undefined;
    return (url.origin + url.pathname).replace(/\/+$/, '');
  },
  // Whoever writes a password into an address finds it in no log.
  received: (text) => `'${text.replace(/\/\/[^/]*@/, '//…@').replace(/\?.*/, '?…')}'`,
};

/** An emulator's address with its scheme, http where none is said. */
export const emulatorUrl: Kind<string> = {
  expects: 'host:port or http://host:port',
  parse(text) {
    const url = URL.parse(text.includes('://') ? text : `http://${text}`);
    const plain = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
    return plain ? url.origin : undefined;
  },
};

// The flags of `npm run smoke`.
import { parseArgs } from 'node:util';

export interface SmokeArguments {
  readonly url: string;
  readonly key: string | undefined;
  /** A JPEG; undefined for the sample. */
  readonly photo: string | undefined;
  readonly requests: number;
  /** How long nobody may ask before the cold request; undefined for none. */
  readonly idleMs: number | undefined;
  readonly strict: boolean;
  readonly json: boolean;
}

export const smokeHelp = `Is a deployment well? Asks a running service for what a shop needs of it, and sets times beside the brief's targets.

Usage: npm run smoke -- --url URL [options]

  --url URL      of the storefront, or of npm run serve (http://127.0.0.1:55433)
  --key KEY      an API key, where one may not go without (default: CUTLINE_KEY)
  --photo FILE   a JPEG (default: a sample)
  --requests N   warm requests that are timed, 1–1000 (default: 5)
  --cold         at the end a request after idle minutes, when the instances are gone
  --idle MIN     how many; Cloud Run keeps an idle GPU instance for up to 10 (default: 10)
  --strict       a target that is missed fails, too: for a service with GPUs
  --json         one line of JSON for each check
  --help         this text

Exit: 0 all is well, 1 something is not, 2 wrong usage.`;

/** @throws Error in a sentence for wrong usage. @returns nothing when the help is asked for */
export function parseSmokeArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SmokeArguments | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{ url: text, key: text, photo: text, requests: text, idle: text },
    ...{ cold: flag, strict: flag, json: flag, help: flag },
  };
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return undefined;
  const { url = '', photo, idle = '10', strict = false, json = false } = values;
  const base = URL.parse(url);
  if (!base || !/^https?:$/.test(base.protocol))
    throw new Error(`Expected the address of a service for --url but received '${url}'`);
  const requests = Number(values.requests ?? 5);
  if (!Number.isInteger(requests) || requests < 1 || requests > 1000)
    throw new Error(`Expected 1 to 1000 for --requests but received '${values.requests}'`);
  const idleMs = Number(idle) * 60_000;
  if (!(idleMs > 0 && idleMs <= 86_400_000))
    throw new Error(`Expected minutes above 0 for --idle but received '${idle}'`);
  return {
    url: base.href.replace(/\/+$/, ''),
    key: values.key ?? (env.CUTLINE_KEY || undefined),
    photo,
    requests,
    idleMs: values.cold ? idleMs : undefined,
    strict,
    json,
  };
}

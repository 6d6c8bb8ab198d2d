// A service over HTTP as `npm run smoke` asks it: patient where it says that it is starting or busy.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: Headers;
  /** From the first try on, waits included. */
  readonly ms: number;
  /** How often it said "later". */
  readonly waits: number;
}

export interface Service {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  delete(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** A photo in a form, as browsers send it. */
  post(
    path: string,
    photo: Uint8Array<ArrayBuffer>,
    fields?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** A cold start that takes longer has failed: Cloud Run gives it 240 s. */
const PATIENCE_MS = 300_000;
const LONGEST_PAUSE_S = 60;

/** @throws Error of fetch where nobody answers */
export function openService(url: string, key: string | undefined): Service {
  const own: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };

  async function ask(path: string, init: () => RequestInit): Promise<Answer> {
    const began = performance.now();
    for (let waits = 0; ; waits++) {
      const response = await fetch(url + path, { ...init(), signal: AbortSignal.timeout(PATIENCE_MS) });
      const body = new Uint8Array(await response.arrayBuffer());
      const ms = performance.now() - began;
      const later = response.status === 429 || response.status === 503;
      const after = Math.min(Number(response.headers.get('retry-after') ?? Number.NaN), LONGEST_PAUSE_S);
      if (!later || Number.isNaN(after) || ms + after * 1000 > PATIENCE_MS)
        return { status: response.status, body, headers: response.headers, ms, waits };
      await sleep(Math.max(after, 1) * 1000);
    }
  }

  return {
    get: (path, headers = {}) => ask(path, () => ({ headers: { ...own, ...headers } })),
    delete: (path, headers = {}) => ask(path, () => ({ method: 'DELETE', headers: { ...own, ...headers } })),
    post: (path, photo, fields = {}) =>
      ask(path, () => {
        const body = new FormData();
        body.set('file', new Blob([photo], { type: 'image/jpeg' }), 'smoke.jpg');
        for (const [name, value] of Object.entries(fields)) body.set(name, value);
        return { method: 'POST', body, headers: own };
      }),
  };
}

/** What the service said, in a line. */
export function describeAnswer({ status, body }: Answer): string {
  const text = new TextDecoder().decode(body.subarray(0, 300)).replaceAll(/\s+/g, ' ').trim();
  return `${status} ${text}`;
}

/** @returns the document, or nothing where it is none */
export function documentOf({ body }: Answer): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof document === 'object' && document !== null
      ? (document as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

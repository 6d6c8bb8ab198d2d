// The service's routes as the page calls them.
import type { Connection } from './connection.ts';
import { fileUrl } from './finish-query.ts';
import type { Catalogue, JobKey, JobView, Warmth } from './state.ts';

/** What the shop set on the element; read anew at every call. */
export interface Settings {
  /** The service's root, without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** A POST to it answers with a browser token: a shop's own server, or Shopify's app proxy. */
  readonly tokenUrl: string | undefined;
  /** Takes the place of the service's own /jobs/uploads: Shopify's app proxy. */
  readonly uploadsUrl: string | undefined;
}

export interface GivenUpload extends JobKey {
  readonly upload_url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface UploadWishes {
  readonly content_type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly reference?: string;
}

export interface Api {
  catalogue(): Promise<Catalogue>;
  /** @param wait until it is warm, or does not become so */
  warmup(wait: boolean): Promise<Warmth>;
  createUpload(wishes: UploadWishes, signal: AbortSignal): Promise<GivenUpload>;
  job(key: JobKey, signal?: AbortSignal, tries?: number): Promise<JobView>;
  eventsUrl(key: JobKey): string;
  file(
    path: string,
    key: JobKey,
    query: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Blob>;
  putMask(key: JobKey, mask: Blob, refine: boolean): Promise<JobKey>;
  remove(key: JobKey): Promise<void>;
}

interface Issued {
  readonly token: string;
  readonly expires: string;
  /** Of Shopify's visitors: what they are counted by. */
  readonly visitor?: string;
}

/** Before it ends it is asked for anew. */
const EARLY_MS = 30_000;

export function createApi(settings: () => Settings, connection: Connection): Api {
  let issued: Issued | undefined;
  let visitor: string | undefined;

  const json = { 'Content-Type': 'application/json' };
  const at = (path: string): string => `${settings().endpoint}${path}`;

  /** @param url of a shop's proxy, which tells its visitors apart by what they got from it */
  const known = (url: string): string => {
    const full = new URL(url, document.baseURI);
    if (visitor) full.searchParams.set('visitor', visitor);
    return full.href;
  };

  async function authorization(): Promise<Record<string, string>> {
    const { token, tokenUrl } = settings();
    if (token) return { Authorization: `Bearer ${token}` };
    if (!tokenUrl) return {};
    if (!issued || Date.parse(issued.expires) - EARLY_MS < Date.now()) {
      const body = JSON.stringify({ origin: location.origin });
      const init = { method: 'POST', headers: json, body };
      issued = (await (await connection.fetch(known(tokenUrl), init)).json()) as Issued;
      visitor = issued.visitor ?? visitor;
    }
    return { Authorization: `Bearer ${issued.token}` };
  }

  const withToken = (key: JobKey): Record<string, string> => ({ 'X-Job-Token': key.token });

  return {
    async catalogue() {
      return (await (await connection.fetch(at('/catalogue'), {})).json()) as Catalogue;
    },
    async warmup(wait) {
      const init = { method: 'POST', headers: await authorization() };
      return (await (await connection.fetch(at(`/warmup?wait=${wait}`), init, 2)).json()) as Warmth;
    },
    async createUpload(wishes, signal) {
      const { uploadsUrl } = settings();
      const url = uploadsUrl ? known(uploadsUrl) : at('/jobs/uploads');
      const headers = { ...json, ...(uploadsUrl ? {} : await authorization()) };
      const init = { method: 'POST', headers, body: JSON.stringify(wishes), signal };
      const given = (await (await connection.fetch(url, init)).json()) as GivenUpload & { visitor?: string };
      visitor = given.visitor ?? visitor;
      return given;
    },
    async job(key, signal, tries) {
      const init = { headers: withToken(key), ...(signal && { signal }) };
      return (await (await connection.fetch(at(`/jobs/${key.job}`), init, tries)).json()) as JobView;
    },
    eventsUrl: (key) => fileUrl(settings().endpoint, `/jobs/${key.job}/events`, key),
    async file(path, key, query, signal) {
      // A picture is asked for, so that a large one is where we are sent, not what we are told.
      const init = { headers: { Accept: 'image/*' }, ...(signal && { signal }) };
      return await (await connection.fetch(fileUrl(settings().endpoint, path, key, query), init)).blob();
    },
    async putMask(key, mask, refine) {
      const headers = { 'Content-Type': 'image/png', ...withToken(key) };
      const init = { method: 'PUT', headers, body: mask };
      const wish = refine ? '' : '?refine=false';
      return (await (await connection.fetch(at(`/jobs/${key.job}/mask${wish}`), init)).json()) as JobKey;
    },
    async remove(key) {
      await connection.fetch(at(`/jobs/${key.job}`), { method: 'DELETE', headers: withToken(key) });
    },
  };
}

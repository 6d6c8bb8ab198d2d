// The chosen form of a file as the service's URLs say it.
import type { Edits, JobKey, JobView } from './state.ts';

export type Format = 'png' | 'webp' | 'jpeg';

/** What the service is asked for. */
export function finishQuery(edits: Edits, format: Format): Record<string, string> {
  return { format, ...choiceQuery(edits) };
}

/** What was chosen, in any format; an own picture is none that the service has. */
export function choiceQuery(edits: Edits): Record<string, string> {
  const { backdrop, match, shadow, crop, margin } = edits;
  const background =
    backdrop.kind === 'colour'
      ? backdrop.colour.replace('#', '')
      : backdrop.kind === 'template'
        ? backdrop.name
        : undefined;
  return {
    ...(background !== undefined && { background }),
    ...(background !== undefined && match && { match_colors: 'true' }),
    ...(shadow && { shadow: 'true' }),
    ...(crop && { crop: 'true', margin: `${margin}%` }),
  };
}

/** @param path as the job's view names it, relative to the service's root */
export function fileUrl(
  endpoint: string,
  path: string,
  { token }: Pick<JobKey, 'token'>,
  query: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(`${endpoint}${path}`);
  for (const [name, value] of Object.entries({ ...query, token })) url.searchParams.set(name, value);
  return url.href;
}

/** Every file that a shop may want to keep, by name. */
export function resultUrls(endpoint: string, view: JobView, key: JobKey): Record<string, string> {
  return Object.fromEntries(
    Object.entries(view.files).map(([name, { url }]) => [name, fileUrl(endpoint, url, key)]),
  );
}

/** `my-dog-halftone.png` of `my dog.jpg`. */
export function downloadName(photo: string, file: string, extension: string): string {
  const stem = photo.replace(/\.[^.]*$/, '').replace(/[\s/\\]+/g, '-') || 'photo';
  return `${stem}-${file}.${extension}`;
}

/**
 * Where our own server takes photos: the address that it knows of itself may be another than the one by which this page
 * reached it (127.0.0.1, localhost, the laptop's in the house's network), and its signature is of the path alone.
 */
export function reachable(upload: string, endpoint: string): string {
  const url = new URL(upload);
  const isOwn = /^(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\])$/.test(url.hostname);
  return isOwn ? new URL(url.pathname + url.search, endpoint).href : upload;
}

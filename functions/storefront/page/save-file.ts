// A finished file, from the service or from the canvas, into the shopper's hands.
import type { Api } from './api.ts';
import type { Format } from './finish-query.ts';
import { downloadName, finishQuery } from './finish-query.ts';
import type { Media } from './media.ts';
import { openLayer } from './media.ts';
import { paintFile, shadowOf } from './paint.ts';
import { frameIn } from './scene.ts';
import type { Photo } from './state.ts';

export type Wanted = Format | 'zip';

export interface NamedFile {
  readonly name: string;
  readonly blob: Blob;
}

const extensions: Readonly<Record<Wanted, string>> = { png: 'png', webp: 'webp', jpeg: 'jpg', zip: 'zip' };
/** What every phone's canvas can hold. */
const CANVAS_PIXELS = 16_777_216;

/** @throws ApiError */
export async function fetchFile(photo: Photo, wanted: Wanted, media: Media, api: Api): Promise<NamedFile> {
  const { view, key, edits } = photo;
  const name = downloadName(photo.name, wanted === 'zip' ? 'all' : edits.file, extensions[wanted]);
  if (wanted === 'zip')
    return { name, blob: await api.file(view!.zip ?? `/jobs/${key!.job}/result.zip`, key!, {}) };
  const file = view!.files[edits.file]!;
  if (edits.backdrop.kind === 'own') return { name, blob: await composed(photo, wanted, media, api) };
  return { name, blob: await api.file(file.url, key!, finishQuery(edits, wanted)) };
}

/** On a picture that the service does not have: put together here, as large as a canvas may be. */
async function composed(photo: Photo, format: Format, media: Media, api: Api): Promise<Blob> {
  const { edits, view, key } = photo;
  const file = view!.files[edits.file]!;
  const stored = await api.file(file.url, key!, { format: 'png' });
  const { bitmap } = await openLayer(stored, Number.POSITIVE_INFINITY);
  const { frame, subject } = frameIn(photo, file);
  const size = { width: file.width, height: file.height, frame };
  const shadow = edits.shadow ? shadowOf(bitmap, { ...size, subject }) : undefined;
  const scenery = { ...size, layer: bitmap, shape: undefined, backdrop: media.own, shadow, whole: undefined };
  const scale = Math.min(1, Math.sqrt(CANVAS_PIXELS / (frame.width * frame.height)));
  const canvas = paintFile(scenery, scale, format === 'jpeg');
  bitmap.close();
  return await new Promise((resolve, reject) => {
    const take = (blob: Blob | null): void =>
      blob ? resolve(blob) : reject(new Error('The canvas gave no file'));
    canvas.toBlob(take, `image/${format}`, 0.92);
  });
}

/** As the browser saves what is downloaded. */
export function saveFile({ name, blob }: NamedFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser takes it up a little later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

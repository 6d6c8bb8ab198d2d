// From what is chosen to what is painted: layers fetched, backgrounds opened, shadows made; each once.
import { frameOf, scaleBox } from '../../../shared/image/frame.ts';
import type { Box } from '../../../shared/image/picture.ts';
import { finishQuery } from './finish-query.ts';
import type { Layer, Media } from './media.ts';
import { layerOf, openLayer, outlineOf } from './media.ts';
import type { Scenery } from './paint.ts';
import { shadowOf } from './paint.ts';
import type { JobFile, Photo } from './state.ts';
import { isOutlineNew } from './state.ts';
import type { Context } from './view.ts';

export interface Scene {
  /** Which file is shown. */
  readonly file: string;
  readonly scenery: Scenery;
  readonly layer: Layer;
  readonly before: Layer | undefined;
  /** Undefined until it is known where it is. */
  readonly subject: Box | undefined;
  /** The layer's file with all its pixels. */
  fetchWhole(): Promise<Blob>;
}

export interface SceneMaker {
  /**
   * Fetches all that is wanted for it. What this gives puts the scene together at once, from what all scenes share: to be
   * called only while it is still wanted.
   * @throws ApiError
   */
  load(photo: Photo): Promise<() => Scene>;
}

interface Parts {
  readonly layer: Layer;
  readonly cutout: Layer;
  readonly before: Layer | undefined;
  readonly backdrop: Scenery['backdrop'];
  readonly whole: ImageBitmap | undefined;
}

export function createScenes({ studio, api, store, shop }: Context): SceneMaker {
  const templates = new Map<string, Promise<ImageBitmap>>();
  let shadow: { readonly key: string; readonly canvas: HTMLCanvasElement } | undefined;
  let matched: { readonly key: string; readonly layer: Promise<Layer> } | undefined;

  /** Fetched as a picture of our own, so that the canvas may be read again. */
  function template(name: string): Promise<ImageBitmap> {
    const path = store.state.catalogue?.backgrounds.find((each) => each.name === name)?.picture ?? '';
    const opened =
      templates.get(name) ??
      fetch(`${shop().endpoint}${path}`).then(async (response) => createImageBitmap(await response.blob()));
    templates.set(name, opened);
    opened.catch(() => templates.delete(name));
    return opened;
  }

  async function backdropOf({ edits: { backdrop } }: Photo, media: Media): Promise<Scenery['backdrop']> {
    if (backdrop.kind === 'colour') return backdrop.colour;
    if (backdrop.kind === 'template') return await template(backdrop.name);
    return backdrop.kind === 'own' ? media.own : undefined;
  }

  /** Matching needs graphs, so the service does it. */
  async function wholeOf(photo: Photo): Promise<ImageBitmap | undefined> {
    const { edits, key, view } = photo;
    const { kind } = edits.backdrop;
    if (!edits.match || kind === 'none' || kind === 'own' || isOutlineNew(photo)) return undefined;
    const query = finishQuery(edits, 'webp');
    const name = JSON.stringify([key!.job, edits.file, query]);
    if (matched?.key !== name) {
      const layer = api.file(view!.files[edits.file]!.url, key!, query).then((blob) => openLayer(blob));
      matched = { key: name, layer };
      layer.catch(() => {
        if (matched?.layer === layer) matched = undefined;
      });
    }
    return (await matched.layer).bitmap;
  }

  return {
    async load(photo) {
      const media = studio.media(photo.id);
      const { files } = photo.view!;
      const name = files[photo.edits.file] ? photo.edits.file : 'cutout';
      const [layer, cutout, before, backdrop, whole] = await Promise.all([
        layerOf(media, name, files[name]!, photo.key!, api),
        layerOf(media, 'cutout', files.cutout!, photo.key!, api),
        media.before ?? upscaledOf(photo, media),
        backdropOf(photo, media),
        wholeOf(photo),
      ]);
      media.before ??= before;
      return () => compose(photo, name, { layer, cutout, before, backdrop, whole });
    },
  };

  function compose(photo: Photo, name: string, parts: Parts): Scene {
    const media = studio.media(photo.id);
    const { edits, key } = photo;
    const { layer, cutout, before, backdrop, whole } = parts;
    const file = photo.view!.files[name]!;
    const outline = isOutlineNew(photo) || media.outline ? outlineOf(media, cutout) : undefined;
    outline?.smooth(edits.smoothing);
    const isLook = name !== 'cutout';
    const picture = outline && !isLook ? outline.picture : layer.bitmap;
    const { frame, subject } = frameIn(photo, file);
    const size = { width: file.width, height: file.height, frame };
    const shape = outline && isLook ? outline.shape : undefined;
    const shadowKey = JSON.stringify([key!.job, name, outline?.version, frame]);
    if (edits.shadow && shadow?.key !== shadowKey)
      shadow = { key: shadowKey, canvas: shadowOf(shape ?? picture, { ...size, subject }) };
    const shade = edits.shadow ? shadow!.canvas : undefined;
    const scenery = { ...size, layer: picture, shape, backdrop, shadow: shade, whole };
    const fetchWhole = () => api.file(file.url, key!, { format: 'webp' }, media.stop.signal);
    const known = photo.view!.subject ? subject : undefined;
    return { file: name, scenery, layer, before, subject: known, fetchWhole };
  }

  async function upscaledOf({ view, key }: Photo, media: Media): Promise<Layer | undefined> {
    const file = view!.files.upscaled;
    return file && (await layerOf(media, 'upscaled', file, key!, api));
  }
}

/** What of a file is delivered, in its pixels. Where the subject is, is known when the job has ended. */
export function frameIn(
  { view, edits }: Photo,
  { width, height }: Pick<JobFile, 'width' | 'height'>,
): { readonly frame: Box; readonly subject: Box } {
  const whole = { left: 0, top: 0, width, height };
  const of = view?.files.cutout ?? whole;
  const subject = view?.subject ? scaleBox(view.subject, of, { width, height }) : whole;
  const plane = { width, height, channels: 4, data: new Uint8Array() };
  const frame = frameOf(plane, subject, {
    crop: edits.crop && view?.subject != null,
    margin: `${edits.margin}%`,
  });
  return { frame, subject };
}

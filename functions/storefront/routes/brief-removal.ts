// The brief's background removal over HTTP: a photo in, its cut-out back, in the photo's own size.
import type { Response, Router } from 'express';
import express from 'express';
import type { HourFigures } from '../hour-figures.ts';
import type { DoneNow } from '../run-now.ts';
import type { PhotoAnswerPorts, ReadyPhoto } from './photo-answer.ts';
import {
  addressOf,
  attachment,
  modelVersion,
  readyPhoto,
  sendPhoto,
  sizeText,
  workHeaders,
} from './photo-answer.ts';
import type { PhotoForm } from './photo-form.ts';
import { choiceIn, flagIn, pick } from './photo-form.ts';
import type { NowForm, NowWish, PhotoDone, PhotoNowPorts } from './photo-now.ts';
import { photoNow } from './photo-now.ts';

export interface RemovalPorts extends PhotoNowPorts, PhotoAnswerPorts {
  /** Of this endpoint's requests. */
  readonly figures: HourFigures;
}

/** What may be said of a cut-out. */
export const cutoutFields = ['smoothing', 'refine', 'model', 'reference'];
/** Nothing but cut out: the picture keeps the photo's size. */
const onlyCutOut = { route: ['segment'], always: { scale: 1, effects: 'none' } } as const;
/** Three bytes are four letters; Cloud Run lets 32 MiB through. */
const MAX_BASE64_BYTES = 20 * 1024 * 1024;

export function removalRouter(ports: RemovalPorts): Router {
  const router = express.Router();

  router.post('/api/background-removal/remove', async (request, response) => {
    const photo = await ports.figures.measure(async () => {
      const done = await photoNow(request, response, removeForm, ports);
      return { ...done, ready: await readyPhoto(done.done, { name: 'cutout', query: {} }, response, ports) };
    });
    if (photo.wish.inBase64) return await sendBase64(response, photo, ports);
    await sendAsFile(response, photo, ports);
  });

  router.post('/remove-background', async (request, response) => {
    const photo = await photoNow(request, response, backgroundForm, ports);
    const query = { format: photo.wish.format };
    const ready = await readyPhoto(photo.done, { name: 'cutout', query }, response, ports);
    await sendAsFile(response, { ...photo, ready }, ports);
  });

  return router;
}

export function cutoutWish(fields: PhotoForm['fields']): NowWish {
  const smoothing = flagIn(fields, 'smoothing', true);
  return { ...onlyCutOut, options: { ...pick(fields, cutoutFields), smoothing } };
}

const removeForm: NowForm<NowWish & { readonly inBase64: boolean }> = {
  files: ['image'],
  fields: [...cutoutFields, 'return_base64'],
  read: ({ fields }) => ({ ...cutoutWish(fields), inBase64: flagIn(fields, 'return_base64', false) }),
};

const backgroundForm: NowForm<NowWish & { readonly format: 'png' | 'webp' | 'zip' }> = {
  files: ['image', 'file'],
  fields: [...cutoutFields, 'output_format'],
  read: ({ fields }) => ({
    ...cutoutWish(fields),
    format: choiceIn(fields, 'output_format', ['png', 'webp', 'zip'], 'png'),
  }),
};

type Answered = Pick<PhotoDone<NowWish>, 'filename' | 'done'> & { readonly ready: ReadyPhoto };

async function sendAsFile(
  response: Response,
  { filename, done, ready }: Answered,
  ports: RemovalPorts,
): Promise<void> {
  const words = `nobg_${timeStamp(ports.now())}`;
  const disposition = attachment(filename, words, ready.plan.extension);
  const headers = { ...workHeaders(done, ports), 'Content-Disposition': disposition };
  await sendPhoto(response, ready, headers, ports);
}

/** The brief's BackgroundRemovalResponse; a picture that is too large for it is fetched from `url`. */
async function sendBase64(
  response: Response,
  { done, ready }: Omit<Answered, 'filename'>,
  ports: RemovalPorts,
): Promise<void> {
  const isLarge = ready.delivered.object.bytes > MAX_BASE64_BYTES;
  const data = isLarge ? undefined : Buffer.from(await ready.delivered.read());
  response.set(workHeaders(done, ports));
  response.json({
    success: true,
    ...(data
      ? { processed_image: `data:image/png;base64,${data.toString('base64')}` }
      : await addressOf(ready, ports)),
    processing_info: processingInfo(done, ready),
  });
}

function processingInfo({ photo, stages, modelsMs, located }: DoneNow, { plan }: ReadyPhoto) {
  return {
    original_size: sizeText(photo),
    output_size: sizeText(plan.delivered),
    background_removed: true,
    edge_smoothing_applied: located.found.record.options.smoothing,
    processing_time_ms: modelsMs,
    model_version: modelVersion(stages),
    tensorrt_enabled: stages.some(({ device }) => device === 'tensorrt'),
  };
}

/** @returns `20251107_143052`, UTC */
export function timeStamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}

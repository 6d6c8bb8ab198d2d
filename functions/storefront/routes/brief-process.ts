// The brief's processing over HTTP: enlarged and cut out, in the looks that are asked for; or enlarged alone.
import type { Response, Router } from 'express';
import express from 'express';
import { CutlineError } from '../../../shared/errors.ts';
import { givenFields } from '../read-wishes.ts';
import type { DoneNow } from '../run-now.ts';
import type { PhotoAnswerPorts } from './photo-answer.ts';
import { attachment, readyPhoto, sendPhoto, sizeText, workHeaders } from './photo-answer.ts';
import type { PhotoForm } from './photo-form.ts';
import { choiceIn, flagIn, pick } from './photo-form.ts';
import type { NowForm, NowWish, PhotoNowPorts } from './photo-now.ts';
import { photoNow } from './photo-now.ts';

export type ProcessPorts = PhotoNowPorts & PhotoAnswerPorts;

const formats = ['png', 'webp', 'jpeg', 'jpg'] as const;
type Format = 'png' | 'webp' | 'jpeg';

interface ProcessWish extends NowWish {
  readonly all: boolean;
  readonly format: Format | undefined;
}

const upscaleFields = ['scale', 'denoise', 'upscaler', 'max_dimension', 'reference'];
/** Saved so much faster, and what is enlarged is a photo: the brief's rule. */
const JPEG_ABOVE_PIXELS = 4_000_000;

export function processRouter(ports: ProcessPorts): Router {
  const router = express.Router();

  for (const [path, form] of [
    ['/api/v2/process', processForm({ effects: 'none' })],
    ['/api/v2/process-with-effects', processForm({})],
  ] as const)
    router.post(path, async (request, response) => {
      const { done, filename, wish } = await photoNow(request, response, form, ports);
      if (wish.all) return void answerAll(response, done, wish, ports);
      const { options, route } = done.located.found.record;
      const name = route.includes('effects') ? options.effects[0]! : 'cutout';
      await answer(response, { done, filename, name, format: wish.format ?? 'png' }, ports);
    });

  router.post('/api/v1/upscale', async (request, response) => {
    const { done, filename, wish } = await photoNow(request, response, upscaleForm, ports);
    const upscaled = done.stages[0]?.outputs.upscaled;
    if (!upscaled) throw notEnlarged(done);
    const isLarge = upscaled.width * upscaled.height > JPEG_ABOVE_PIXELS;
    const format = wish.format ?? (isLarge ? 'jpeg' : 'png');
    await answer(response, { done, filename, name: 'upscaled', format }, ports);
  });

  return router;
}

/** @param otherwise options where the form says nothing */
function processForm(otherwise: Readonly<Record<string, string>>): NowForm<ProcessWish> {
  return {
    files: ['image', 'file'],
    fields: [...givenFields, 'return_all', 'output_format'],
    read: ({ fields }) => ({
      options: { ...otherwise, ...pick(fields, givenFields) },
      all: flagIn(fields, 'return_all', false),
      format: formatIn(fields),
    }),
  };
}

const upscaleForm: NowForm<NowWish & { readonly format: Format | undefined }> = {
  files: ['image', 'file'],
  fields: [...upscaleFields, 'face_enhance', 'output_format'],
  read({ fields }) {
    if (flagIn(fields, 'face_enhance', false))
      throw refused('face_enhance: faces are not redrawn here; leave it out, or send false');
    if (fields.scale !== undefined && !['2', '4'].includes(fields.scale.trim()))
      throw refused('scale: expected 2 or 4');
    const options = pick(fields, upscaleFields);
    return { options, always: { effects: 'none' }, route: ['upscale'], format: formatIn(fields) };
  },
};

function formatIn(fields: PhotoForm['fields']): Format | undefined {
  const format = choiceIn(fields, 'output_format', formats, undefined);
  return format === 'jpg' ? 'jpeg' : format;
}

/** Shrunk to what synchronous work takes and enlarged again, it would have fewer pixels than before. */
function notEnlarged({ photo, located, stages }: DoneNow): CutlineError {
  const { scale, max_dimension } = located.found.record.options;
  const note = stages[0]?.notes[0] ?? '';
  const problem = `scale: a photo of ${sizeText(photo)} cannot be enlarged ${scale} times from ${max_dimension} pixels on its long side; ${note}`;
  return refused(problem);
}

function refused(problem: string): CutlineError {
  return new CutlineError('OPTIONS_INVALID', { fields: { problems: [problem] } });
}

interface Wanted {
  readonly done: DoneNow;
  readonly filename: string;
  readonly name: string;
  readonly format: Format;
}

async function answer(
  response: Response,
  { done, filename, name, format }: Wanted,
  ports: ProcessPorts,
): Promise<void> {
  const ready = await readyPhoto(done, { name, query: { format } }, response, ports);
  const disposition = attachment(filename, name, ready.plan.extension);
  const headers = { ...workHeaders(done, ports), 'Content-Disposition': disposition };
  await sendPhoto(response, ready, headers, ports);
}

/** Where each of them is; in the asked format, which is made when it is fetched. */
function answerAll(
  response: Response,
  done: DoneNow,
  { format }: Pick<ProcessWish, 'format'>,
  ports: ProcessPorts,
): void {
  const { job } = done.located;
  const token = ports.access.jobToken(job);
  const extension = format === undefined ? '' : `.${format === 'jpeg' ? 'jpg' : format}`;
  const outputs = Object.assign({}, ...done.stages.map((stage) => stage.outputs));
  const urls = Object.keys(outputs).map(
    (name) => [name, `/jobs/${job}/files/${name}${extension}?token=${token}`] as const,
  );
  const effects = urls.filter(([name]) => !['upscaled', 'cutout'].includes(name));
  const others = urls.filter(([name]) => ['upscaled', 'cutout'].includes(name));
  const cut = done.stages.find(({ stage }) => stage === 'segment')!;
  response.set(workHeaders(done, ports));
  response.json({
    success: true,
    job,
    token,
    effects: Object.fromEntries(effects),
    ...Object.fromEntries(others),
    zip: `/jobs/${job}/result.zip?token=${token}`,
    processing_info: {
      original_size: sizeText(done.photo),
      output_size: sizeText(cut),
      processing_time_ms: done.modelsMs,
      models: Object.fromEntries(done.stages.map(({ stage, models }) => [stage, models.map(({ id }) => id)])),
      subject: cut.subject,
    },
  });
}

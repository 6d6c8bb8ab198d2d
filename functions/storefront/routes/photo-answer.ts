// A picture that was made while its caller waited, as the answer: its bytes, or where to fetch what is too large for one.
import type { Response } from 'express';
import { contentDisposition, fileNameOf } from '../../../shared/content-disposition.ts';
import type { DownloadUrls } from '../../../shared/download-urls.ts';
import { CutlineError } from '../../../shared/errors.ts';
import { goneSignal } from '../../../shared/serve-push.ts';
import type { Access } from '../access.ts';
import type { DeliveredFile, FileDelivery } from '../deliver-file.ts';
import type { FilePlan } from '../plan-file.ts';
import type { DoneNow } from '../run-now.ts';
import { fileHeaders, serverTiming } from './file-headers.ts';
import { MAX_INLINE_BYTES } from './files.ts';

export interface PhotoAnswerPorts {
  readonly delivery: FileDelivery;
  readonly downloads: DownloadUrls;
  readonly access: Pick<Access, 'jobToken' | 'filesKey'>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface PhotoWanted {
  /** Of the job's file: `cutout`. */
  readonly name: string;
  /** As in a URL of the job's files: `format`, `background` … */
  readonly query: Readonly<Record<string, string>>;
}

export interface ReadyPhoto {
  readonly plan: FilePlan;
  readonly delivered: DeliveredFile;
}

/** How long the address of a large file works: to begin with, not to end. */
const DOWNLOAD_MS = 15 * 60 * 1000;

/** @throws OPTIONS_INVALID, OUTPUT_TOO_LARGE, BUSY, JOB_NOT_FOUND, CANCELLED */
export async function readyPhoto(
  { located }: DoneNow,
  { name, query }: PhotoWanted,
  response: Response,
  { delivery }: Pick<PhotoAnswerPorts, 'delivery'>,
): Promise<ReadyPhoto> {
  const plan = await delivery.plan(located, { name, query, mayUse: noOtherJob });
  return { plan, delivered: await delivery.deliver(plan, goneSignal(response)) };
}

/** These endpoints name no other job's photo as a background. */
function noOtherJob(): never {
  throw new CutlineError('JOB_NOT_FOUND');
}

/** @param words between the photo's own name and the extension: `nobg_20251107_143052` */
export function attachment(photo: string, words: string, extension: string): string {
  const stem = fileNameOf(photo.replace(/\.[^.]*$/, '')) ?? 'image';
  return contentDisposition('attachment', `${stem}_${words}.${extension}`);
}

/** What every such answer says of the work: the brief's headers, and how to find the job again. */
export function workHeaders(
  { located, photo, stages, modelsMs, degraded }: DoneNow,
  { access }: Pick<PhotoAnswerPorts, 'access'>,
): Record<string, string> {
  const steps = stages.flatMap(({ stage, timings_ms }) =>
    Object.entries(timings_ms)
      .filter(([step]) => step !== 'total')
      .map(([step, ms]) => [`${stage}.${step}`, ms] as const),
  );
  return {
    'X-Processing-Time-Ms': modelsMs.toFixed(1),
    'X-Original-Size': sizeText(photo),
    'X-Model-Version': modelVersion(stages),
    ...(degraded !== undefined && { 'X-Degraded': degraded }),
    ...serverTiming(Object.fromEntries(steps)),
    'X-Job-Id': located.job,
    'X-Job-Token': access.jobToken(located.job),
    'Cache-Control': 'private, no-store',
  };
}

/** Of the cut-out's model; of the upscaler's where nothing was cut out. */
export function modelVersion(stages: DoneNow['stages']): string {
  const stage = stages.find(({ stage: name }) => name === 'segment') ?? stages[0];
  return stage?.models[0]?.id ?? 'none';
}

export function sizeText({ width, height }: { readonly width: number; readonly height: number }): string {
  return `${width}x${height}`;
}

/** @param headers beside those of the file itself, over which they win */
export async function sendPhoto(
  response: Response,
  { plan, delivered }: ReadyPhoto,
  headers: Readonly<Record<string, string>>,
  ports: PhotoAnswerPorts,
): Promise<void> {
  response.set({ ...fileHeaders(plan), ...headers });
  if (delivered.object.bytes > MAX_INLINE_BYTES) {
    const address = await addressOf({ plan, delivered }, ports);
    response.removeHeader('Content-Disposition');
    response.type('json');
    return void response.json(address);
  }
  const data = await delivered.read();
  response.set('Content-Length', String(data.byteLength)).end(data);
}

/** For what is too large to be an answer. */
export async function addressOf(
  { plan, delivered }: ReadyPhoto,
  { downloads, now }: Pick<PhotoAnswerPorts, 'downloads' | 'now'>,
) {
  const { 'Content-Disposition': disposition, 'Content-Type': contentType } = fileHeaders(plan);
  const terms = { disposition, contentType, expiresMs: now() + DOWNLOAD_MS };
  const { url, expires } = await downloads.create(delivered.object, terms);
  const { width, height } = plan.delivered;
  const { bytes } = delivered.object;
  return { url, method: 'GET', expires, content_type: contentType, bytes, width, height };
}

// The headers of a delivered file: what it is, and how long who may hold a copy.
import type { Request, Response } from 'express';
import { contentDisposition, fileNameOf } from '../../../shared/content-disposition.ts';
import type { FilePlan } from '../plan-file.ts';

export interface Copies {
  /**
   * A job's file never becomes another: what a stage has written stays, and a corrected mask makes a job of its own. The
   * ZIP of a job that failed may, when the job is made good.
   */
  readonly areFinal: boolean;
  /** By the URL alone. */
  readonly isBearerUrl: boolean;
}

/**
 * The token, or the key to its files, in the URL was what opened the job: whoever has the URL may read it, and so may a cache that goes by the whole
 * of it. Beside a key in a header any token would do.
 */
export function isBearerUrl({ query, headers }: Request): boolean {
  const secrets = ['authorization', 'x-job-token', 'x-api-key'];
  const isOpener = query.token !== undefined || query.k !== undefined;
  return isOpener && secrets.every((name) => headers[name] === undefined);
}

const YEAR_SECONDS = 31_536_000;
/**
 * How long a cache between may hand out a copy before it asks again whether the job is still there: what is deleted is
 * gone from a CDN after that, while a browser may keep what its person has seen. Asking costs no pixel.
 */
const SHARED_SECONDS = 3600;

export function setCaching(response: Response, key: string, { areFinal, isBearerUrl }: Copies): void {
  const who = isBearerUrl ? 'public' : 'private';
  const shared = isBearerUrl ? `, s-maxage=${SHARED_SECONDS}` : '';
  const howLong = areFinal ? `max-age=${YEAR_SECONDS}${shared}, immutable` : 'no-cache';
  response.set({ ETag: `"${key}"`, 'Cache-Control': `${who}, ${howLong}` });
  if (!isBearerUrl) response.vary('Authorization, X-Job-Token, X-API-Key');
}

/** RFC 9110, 13.1.2. */
export function matchesEtag(request: Request, key: string): boolean {
  const given = request.headers['if-none-match'];
  if (given === undefined) return false;
  return given.split(',').some((tag) => ['*', `"${key}"`, `W/"${key}"`].includes(tag.trim()));
}

export function fileHeaders(plan: FilePlan) {
  const { file, located, extension, contentType, delivered, print } = plan;
  const { width, height, subject } = delivered;
  const owner = located.found?.record.reference ?? located.job;
  const filename = `${fileNameOf(`${owner}-${file.name}`) ?? file.name}.${extension}`;
  return {
    'Content-Type': contentType,
    'Content-Disposition': contentDisposition(extension === 'zip' ? 'attachment' : 'inline', filename),
    'X-Content-Type-Options': 'nosniff',
    'X-Image-Width': String(width),
    'X-Image-Height': String(height),
    // Where a shop finds the subject, to lay it on a mock-up.
    ...(subject && {
      'X-Foreground-Left': String(subject.left),
      'X-Foreground-Top': String(subject.top),
      'X-Foreground-Width': String(subject.width),
      'X-Foreground-Height': String(subject.height),
    }),
    ...(print && { 'X-Print-Check': `${print.size}; dpi=${print.dpi}; verdict="${print.verdict}"` }),
  };
}

/** @param timings milliseconds by step */
export function serverTiming(timings: Readonly<Record<string, number>>): Record<string, string> {
  const steps = Object.entries(timings).map(([step, ms]) => `${step};dur=${ms}`);
  return steps.length > 0 ? { 'Server-Timing': steps.join(', ') } : {};
}

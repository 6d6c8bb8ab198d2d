// A line of the log for a person at a terminal: `12:00:01 info  segment: …`.
import type { ErrorCode } from '../error-catalogue.ts';
import { errorCatalogue } from '../error-catalogue.ts';

const words: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
};

/** Shown in a place of their own, or of no use at a terminal. */
const apart = new Set(['severity', 'time', 'message', 'stage', 'job', 'duration_ms', 'error', 'stack_trace']);

/** A job's id is told apart by its beginning. */
const ID_LETTERS = 8;

/** @param entry as it would be written in JSON */
export function textLine(entry: Readonly<Record<string, unknown>>): string {
  const { time, severity, message, stage, job, duration_ms: duration, error, stack_trace: stack } = entry;
  const more = Object.entries(entry).filter(
    ([key, value]) => !apart.has(key) && !key.startsWith('logging.googleapis.com/') && value !== null,
  );
  const parts = [
    clockOf(new Date(String(time))),
    (words[String(severity)] ?? '').padEnd(5),
    typeof stage === 'string' && !String(message).startsWith(`${stage}: `) ? `${stage}: ${message}` : message,
    ...(error === undefined ? [] : [sayError(error as ErrorShape)]),
    ...(typeof duration === 'number' ? [`${Math.round(duration)} ms`] : []),
    ...more.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    ...(typeof job === 'string' ? [`(${job.slice(0, ID_LETTERS)})`] : []),
  ];
  const indented =
    severity === 'ERROR' && typeof stack === 'string' && !isForeseen(error as ErrorShape | undefined)
      ? `\n${stack.replace(/^/gm, '    ')}`
      : '';
  return `${parts.join(' ')}${indented}\n`;
}

interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly causes?: readonly ErrorShape[];
}

function sayError({ code, message, causes = [] }: ErrorShape): string {
  return [`${code}: ${message}`, ...causes.map((cause) => `${cause.code}: ${cause.message}`)].join(' ← ');
}

/** Of a damaged photo or a wrong option the sentence says it all; where it was found out helps nobody. */
function isForeseen(error: ErrorShape | undefined): boolean {
  const { code = '' } = error ?? {};
  return Object.hasOwn(errorCatalogue, code) && errorCatalogue[code as ErrorCode].event === 'fail';
}

function clockOf(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

// What a line of the log holds, in Cloud Logging's keys.
// https://cloud.google.com/logging/docs/structured-logging#special-payload-fields
import { CutlineError } from '../errors.ts';
import type { LogFields } from '../log.ts';
import { parseTrace } from '../trace.ts';
import { redact, redactText } from './pino-log-redact.ts';

export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface LoggedError {
  readonly code: string;
  readonly message: string;
  /** What the public was told, where that differs. */
  readonly detail?: string;
  /** Nearest first. */
  readonly causes?: readonly { readonly code: string; readonly message: string }[];
}

export interface Entry {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly project: string | undefined;
  readonly service: string | undefined;
}

/** Keys that are written for every line: a caller's field of that name gets a line after it. */
const taken = /^(severity|time|timestamp|message|stack_trace|httpRequest|logging\.googleapis\.com\/.*)$/;

export function toEntry(message: string, fields: LogFields, { project, service }: Place): Entry {
  const { trace, error, ...rest } = fields;
  const plain = redact(rest) as Record<string, unknown>;
  const labels = definedOf({ service, job: textOf(plain.job), stage: textOf(plain.stage) });
  return {
    message: redactText(message),
    fields: {
      ...Object.fromEntries(
        Object.entries(plain).map(([key, value]) => [taken.test(key) ? `${key}_` : key, value]),
      ),
      ...(error !== undefined && errorFields(error)),
      ...traceFields(trace, project),
      ...(Object.keys(labels).length > 0 && { 'logging.googleapis.com/labels': labels }),
    },
  };
}

function traceFields(traceparent: unknown, project: string | undefined): Record<string, unknown> {
  const trace = parseTrace(textOf(traceparent) ?? '');
  if (!trace) return {};
  return {
    // Without a project it leads nowhere, but lines can still be found by it.
    'logging.googleapis.com/trace':
      project === undefined ? trace.id : `projects/${project}/traces/${trace.id}`,
    'logging.googleapis.com/spanId': trace.span,
    'logging.googleapis.com/trace_sampled': trace.sampled,
  };
}

/** A chain that is longer, or bites its tail, ends here. */
const MOST_CAUSES = 8;

function errorFields(thrown: unknown): { readonly error: LoggedError; readonly stack_trace?: string } {
  const [first, ...causes] = chainOf(thrown);
  const stacks = [first, ...causes]
    .filter((link) => link instanceof Error)
    .map(({ stack, message }) => stack ?? message);
  const detail =
    thrown instanceof CutlineError && thrown.detail !== thrown.message ? thrown.detail : undefined;
  return {
    error: {
      ...describe(first),
      ...(detail !== undefined && { detail: redactText(detail) }),
      ...(causes.length > 0 && { causes: causes.map(describe) }),
    },
    ...(stacks.length > 0 && { stack_trace: redactText(stacks.join('\nCaused by: ')) }),
  };
}

function chainOf(thrown: unknown): unknown[] {
  const chain = [thrown];
  for (let link = thrown; link instanceof Error && chain.length <= MOST_CAUSES; link = chain.at(-1)) {
    // Of several causes at once the first stands for all.
    const cause = link instanceof AggregateError ? (link.cause ?? link.errors[0]) : link.cause;
    if (cause === undefined || chain.includes(cause)) break;
    chain.push(cause);
  }
  return chain;
}

function describe(thrown: unknown): { readonly code: string; readonly message: string } {
  if (!(thrown instanceof Error)) {
    const text = typeof thrown === 'object' ? JSON.stringify(redact(thrown)) : redactText(String(thrown));
    return { code: 'none', message: text };
  }
  const { code } = thrown as { readonly code?: unknown };
  const known = typeof code === 'string' || typeof code === 'number';
  return { code: known ? String(code) : thrown.name, message: redactText(thrown.message) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function definedOf(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

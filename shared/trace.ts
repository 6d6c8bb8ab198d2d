// Trace context: what ties the log lines of one job together, from a request's headers through every message.
// https://www.w3.org/TR/trace-context/#traceparent-header

/** Random bytes, as many as asked for. */
export type RandomBytes = (count: number) => Uint8Array;

export interface Trace {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** 16 hexadecimal digits. */
  readonly span: string;
  /** Whether the caller records this trace. */
  readonly sampled: boolean;
}

/** As Node's requests have them; what came as a list is none. Read is `traceparent`, or Google's `x-cloud-trace-context`:
 * `TRACE/SPAN;o=OPTIONS`, the span in decimal. */
export type TraceHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Undefined for what is no `traceparent`. Of later versions what version 00 knows is read, as the standard asks. */
export function parseTrace(traceparent: string): Trace | undefined {
  const form =
    /^(?<version>[0-9a-f]{2})-(?<id>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;
  const { version, id, span, flags, more } = form.exec(traceparent.trim())?.groups ?? {};
  if (!version || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (isZero(id!) || isZero(span!)) return undefined;
  return { id: id!, span: span!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

/** A request's trace as a `traceparent`: from either header, else a new one. */
export function traceOfRequest(headers: TraceHeaders, random: RandomBytes): string {
  const trace = parseTrace(textOf(headers.traceparent)) ?? parseCloudTrace(headers, random);
  return trace ? format(trace) : newTrace(random);
}

/** A `traceparent` for what begins here. */
export function newTrace(random: RandomBytes): string {
  return format({ id: hexadecimal(random(16)), span: hexadecimal(random(8)), sampled: false });
}

/** The same trace, another span. What is no `traceparent` begins a new one. */
export function childTrace(traceparent: string, random: RandomBytes): string {
  const trace = parseTrace(traceparent);
  return trace ? format({ ...trace, span: hexadecimal(random(8)) }) : newTrace(random);
}

function parseCloudTrace(headers: TraceHeaders, random: RandomBytes): Trace | undefined {
  const form = /^(?<id>[0-9a-f]{32})(\/(?<span>\d{1,20}))?(;o=(?<options>\d+))?$/i;
  const { id, span, options } = form.exec(textOf(headers['x-cloud-trace-context']).trim())?.groups ?? {};
  if (!id || isZero(id)) return undefined;
  const named = BigInt.asUintN(64, BigInt(span ?? 0));
  return {
    id: id.toLowerCase(),
    span: named === 0n ? hexadecimal(random(8)) : named.toString(16).padStart(16, '0'),
    sampled: (Number(options ?? 0) & 1) === 1,
  };
}

function textOf(header: TraceHeaders['traceparent']): string {
  return typeof header === 'string' ? header : '';
}

function format({ id, span, sampled }: Trace): string {
  return `00-${id}-${span}-${sampled ? '01' : '00'}`;
}

/** Zeros stand for nothing, so the last of them becomes a one. */
function hexadecimal(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return isZero(text) ? `${text.slice(0, -1)}1` : text;
}

function isZero(digits: string): boolean {
  return /^0*$/.test(digits);
}

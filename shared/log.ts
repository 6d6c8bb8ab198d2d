// The port to the log: one JSON line an entry in Cloud Logging's keys, or plain lines on a terminal.

export interface LogFields {
  /** `traceparent`, so that the lines of one job stand together. */
  readonly trace?: string;
  readonly job?: string;
  readonly stage?: string;
  readonly duration_ms?: number;
  /** Anything thrown: its code, message and cause are written, for the operator alone. */
  readonly error?: unknown;
  readonly [field: string]: unknown;
}

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose every line has these fields. */
  child(fields: LogFields): Logger;
}

// The log over pino: one line an entry, written before the call returns, so that nothing is lost when the process ends.
import pino from 'pino';
import type { LogFields, Logger } from '../log.ts';
import type { Severity } from './pino-log-entry.ts';
import { toEntry } from './pino-log-entry.ts';
import { textLine } from './pino-log-text.ts';

export interface LoggerOptions {
  /** The least that is written. */
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  /** `json` has Cloud Logging's keys, `text` is for a person at a terminal. */
  readonly format: 'json' | 'text';
  /** Takes each line with its end; standard output if absent. */
  write?(line: string): void;
  /** The project whose traces the lines belong to. */
  readonly project?: string | undefined;
  /** A label of every line. */
  readonly service?: string | undefined;
}

const severities = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
} as const satisfies Record<string, Severity>;

export function createLogger({ level, format, project, service, ...options }: LoggerOptions): Logger {
  const write = options.write ?? standardOutput();
  const log = pino(
    {
      level: level === 'warning' ? 'warn' : level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ severity: severities[label as keyof typeof severities] }) },
    },
    { write: format === 'json' ? write : (line) => write(textLine(JSON.parse(line))) },
  );
  return withFields({});

  function withFields(common: LogFields): Logger {
    const at =
      (pinoLevel: keyof typeof severities) =>
      (message: string, fields: LogFields = {}): void => {
        if (!log.isLevelEnabled(pinoLevel)) return;
        const entry = toEntry(message, { ...common, ...fields }, { project, service });
        log[pinoLevel](entry.fields, entry.message);
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warning: at('warn'),
      error: at('error'),
      child: (fields) => withFields({ ...common, ...fields }),
    };
  }
}

function standardOutput(): (line: string) => void {
  const destination = pino.destination({ dest: 1, sync: true });
  return (line) => void destination.write(line);
}

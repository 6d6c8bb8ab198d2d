// A log that keeps its lines.
import type { LogFields, Logger } from '../log.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

export interface FakeLog extends Logger {
  /** Of children too, with the fields that they add. */
  readonly lines: readonly LogLine[];
}

export function fakeLog(): FakeLog {
  const lines: LogLine[] = [];
  const logger = (own: LogFields): Logger => {
    const at =
      (level: LogLine['level']) =>
      (message: string, fields: LogFields = {}): void =>
        void lines.push({ level, message, fields: { ...own, ...fields } });
    return {
      debug: at('debug'),
      info: at('info'),
      warning: at('warning'),
      error: at('error'),
      child: (fields) => logger({ ...own, ...fields }),
    };
  };
  return { ...logger({}), lines };
}

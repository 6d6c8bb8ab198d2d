// What the catalogue knows of an error, and how its entries are written.
/** What happens to a message whose handling ended in this error: dropped with a record, or delivered again. */
export type EventOutcome = 'fail' | 'retry';

export type ErrorFields = Readonly<Record<string, string | number | readonly string[] | null>>;

export interface CatalogueEntry {
  readonly status: number;
  readonly event: EventOutcome;
  /** When it happens, for the README's table. */
  readonly meaning: string;
  /** The sentence for the public, from public fields only. */
  readonly detail: (fields: ErrorFields) => string;
}

export const entry = (
  status: number,
  event: EventOutcome,
  meaning: string,
  detail: CatalogueEntry['detail'],
): CatalogueEntry => ({ status, event, meaning, detail });

export function list(value: ErrorFields[string] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}

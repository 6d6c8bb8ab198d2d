// What `npm run serve` says to a person: where things are, and how each photo ended.
import { toCutlineError } from '../../shared/errors.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { Logger } from '../../shared/log.ts';
import { completedSchema, failedSchema } from '../../shared/message.ts';
import type { Delivery } from '../../shared/push.ts';
import type { Description } from './serve-functions.ts';

export function describeService(what: Description): string {
  const { address, models, looks, full_models: full } = what;
  const named = models.map(({ stage, id, preview }) => `${stage} by ${id}${preview ? ' (a preview)' : ''}`);
  const rows: readonly (readonly [string, string])[] = [
    ['photos', `put them into ${what.uploads}`],
    ['results', `appear in ${what.results}/jobs, a folder for each photo`],
    ['models', [...named, `on ${what.device}`].join(', ')],
    ...(full === null ? [] : [['', `full models: ${full}`] as const]),
    ['looks', looks.join(', ') || 'none'],
    ['messages', `carried by ${what.carrier}; objects are in ${what.store}`],
    ['functions', `${what.functions.join(', ')} below ${address}/functions/`],
    ['look at', `${address}/health, /startup and /metrics`],
    ['end', 'with Ctrl-C; what is unfinished is taken up at the next start'],
  ];
  return [`Cutline serves at ${address}`, ...rows.map(([what, text]) => `  ${what.padEnd(11)}${text}`)].join(
    '\n',
  );
}

/** Why it cannot start, in a line. */
export function describeProblem(thrown: unknown): string {
  const { code, detail, message } = toCutlineError(thrown);
  return `${code}: ${detail}${message === detail ? '' : ` (${message})`}`;
}

/** So many ends are remembered. */
const MOST_TOLD = 1000;

/**
 * A line in the log for whoever dropped a photo and now looks for it.
 * @param results where its folder `jobs` lies
 */
export function tellOfEnds(results: string, log: Logger): (end: Delivery) => void {
  const told = new Set<string>();
  return ({ messageId, data }) => {
    // A webhook that is dead brings the message again for a day.
    if (told.has(messageId)) return;
    told.add(messageId);
    if (told.size > MOST_TOLD) told.delete(told.values().next().value!);
    const completed = completedSchema.safeParse(data).data;
    if (completed) {
      const { job, input, width, height, timings_ms } = completed;
      const seconds = ((timings_ms.total ?? 0) / 1000).toFixed(1);
      const fields = { job, results: `${results}/jobs/${job}` };
      log.info(`${photoOf(input)}: ${width}×${height} in ${seconds} s`, fields);
    }
    const failed = failedSchema.safeParse(data).data;
    if (failed) {
      const { job, input, error } = failed;
      log.warning(`${photoOf(input)}: ${error.code}: ${error.detail}`, { job });
    }
  };
}

function photoOf(input: string): string {
  return parseUri(input)?.name ?? input;
}

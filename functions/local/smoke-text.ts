// What `npm run smoke` says to a person.
import type { Check } from './smoke-checks.ts';

export function checkLine({ name, ok, ms, target, detail }: Check): string {
  const time = ms === undefined ? '' : `${(ms / 1000).toFixed(2)} s`;
  const goal = target ? `brief ${target.text}: ${target.reached ? 'reached' : 'missed'}` : '';
  return [ok ? 'ok    ' : 'FAILED', name.padEnd(14), time.padStart(9), goal.padEnd(28), detail]
    .join(' ')
    .trimEnd();
}

/** @param strict whether a target that is missed counts as ill */
export function verdictOf(checks: readonly Check[], strict: boolean): { isWell: boolean; text: string } {
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  const missed = checks.filter(({ target }) => target?.reached === false).map(({ name }) => name);
  const isWell = failed.length === 0 && !(strict && missed.length > 0);
  const reason = failed.length > 0 ? `failed: ${failed.join(', ')}` : `targets missed: ${missed.join(', ')}`;
  if (!isWell) return { isWell, text: `Not well: ${reason}.` };
  return { isWell, text: missed.length === 0 ? 'All is well.' : `All answers are right; ${reason}.` };
}

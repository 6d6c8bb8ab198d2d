import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { limitFor, modelsMsOf, timeoutError, within } from './now-limits.ts';

const MEBI = 1024 * 1024;

test('Larger files may take twice and four times as long', (t) => {
  const bytes = [1, 5 * MEBI, 5 * MEBI + 1, 8 * MEBI, 8 * MEBI + 1, 10 * MEBI];
  t.deepEqual(
    bytes.map((count) => limitFor(count, 30_000)),
    [30_000, 30_000, 60_000, 60_000, 120_000, 120_000],
  );
});

test('The models’ time is that of the stages’ own steps', (t) => {
  const upscale = { timings_ms: { read: 1, decode: 2, upscale: 300, encode: 4, write: 5, total: 312 } };
  const segment = { timings_ms: { read: 1, segment: 70, refine: 20, total: 95 } };
  const cached = { timings_ms: { read: 3, total: 3 } };
  t.is(modelsMsOf([upscale, segment, cached]), 390);
  t.is(modelsMsOf([cached]), 0);
});

test('Work ends by its result, by its limit, or by its caller, whichever is first', async (t) => {
  const there = new AbortController().signal;
  const late = (): CutlineError => timeoutError(1000, 1049);
  t.is(await within(60_000, late, there, async () => 'done'), 'done');
  const never = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  const error = await t.throwsAsync(within(1, late, there, never), { code: 'PROCESSING_TIMEOUT' });
  t.deepEqual((error as CutlineError).fields, { limit_seconds: 1, elapsed_seconds: 1 });
  const gone = AbortSignal.abort(new CutlineError('CANCELLED'));
  await t.throwsAsync(within(60_000, late, gone, never), { code: 'CANCELLED' });
});

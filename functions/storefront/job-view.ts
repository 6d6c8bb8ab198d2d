// A job as its caller reads it: the state, and where its files can be fetched.
import type { JobState } from '../../shared/job-state.ts';
import type { Output } from '../../shared/message.ts';
import { largestPrints } from '../../shared/print-size.ts';

/** @returns what GET /jobs/{id} answers and its events carry; addresses are relative to the service's root */
export function viewJob(state: JobState): Record<string, unknown> {
  const { job, status, reference, created } = state;
  const common = { job, status, reference, created };
  if (state.status === 'failed') {
    const { stage, error_code, detail, stages_done } = state;
    return { ...common, stage, error_code, detail, stages_done };
  }
  if (state.status !== 'completed') {
    const { stage, progress, estimate_ms, stages_done } = state;
    return { ...common, stage, progress, estimate_ms, stages_done };
  }
  const { outputs, models, width, height, subject, timings_ms, cached } = state.result;
  const files = Object.entries(outputs).map(([name, output]) => [name, viewFile(job, name, output)]);
  return {
    ...common,
    files: Object.fromEntries(files),
    zip: `/jobs/${job}/result.zip`,
    width,
    height,
    subject,
    largest_prints: largestPrints({ width, height }),
    models,
    preview_models: Object.values(models).some((used) => used?.some(({ preview }) => preview)),
    timings_ms,
    cached,
  };
}

function viewFile(job: string, name: string, { width, height, bytes, content_type }: Output) {
  return { url: `/jobs/${job}/files/${name}`, width, height, bytes, content_type };
}

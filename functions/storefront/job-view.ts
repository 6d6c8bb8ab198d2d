// A job as its caller reads it: the state, and where its files can be fetched.
import type { JobState } from '../../shared/job-state.ts';
import type { Output } from '../../shared/message.ts';
import { largestPrints } from '../../shared/print-size.ts';
import type { BatchState } from './batches.ts';

/** @returns what GET /jobs/{id} answers and its events carry; addresses are relative to the service's root */
export function viewJob(state: JobState): Record<string, unknown> {
  const { job, status, reference, created } = state;
  const common = { job, status, reference, created };
  if (state.status === 'failed') {
    const { stage, error_code, detail, stages_done, outputs } = state;
    return { ...common, stage, error_code, detail, stages_done, files: viewFiles(job, outputs) };
  }
  if (state.status !== 'completed') {
    const { route, stage, progress, estimate_ms, stages_done, outputs } = state;
    return { ...common, route, stage, progress, estimate_ms, stages_done, files: viewFiles(job, outputs) };
  }
  const { outputs, models, width, height, subject, timings_ms, cached } = state.result;
  return {
    ...common,
    files: viewFiles(job, outputs),
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

/** Each can be fetched as soon as its stage has ended. */
function viewFiles(job: string, outputs: Readonly<Record<string, Output>>) {
  const view = ([name, { width, height, bytes, content_type }]: [string, Output]) => {
    const url = `/jobs/${job}/files/${name}`;
    return [name, { url, preview: `/jobs/${job}/previews/${name}`, width, height, bytes, content_type }];
  };
  return Object.fromEntries(Object.entries(outputs).map(view));
}

/** @returns what GET /jobs/{id} answers for a batch */
export function viewBatch(state: BatchState): Record<string, unknown> {
  const jobs = state.jobs.map((each) => ({ ...each, url: `/jobs/${each.job}` }));
  return { ...state, jobs, zip: `/jobs/${state.batch}/result.zip` };
}

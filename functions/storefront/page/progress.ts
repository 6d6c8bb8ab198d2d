// How far a photo is: the steps on its way, and what is left as far as the service has measured it.
import type { Photo, StageName } from './state.ts';

export type StepName = 'upload' | StageName;

export interface Step {
  readonly name: StepName;
  readonly state: 'done' | 'now' | 'next';
}

export interface Progress {
  readonly steps: readonly Step[];
  /** 0–1 of the step that is now; undefined where nobody knows. */
  readonly share: number | undefined;
  /** Milliseconds at the time of the last word; undefined where nobody measured. */
  readonly left: number | undefined;
}

export function progressOf(photo: Photo): Progress {
  const names = stepsOf(photo);
  const { phase, view, sent, bytes } = photo;
  const at = phase === 'done' ? names.length : phase === 'working' ? workingAt(names, view?.stage) : 0;
  const steps = names.map((name, index) => ({
    name,
    state: index < at ? 'done' : index === at ? 'now' : 'next',
  })) satisfies Step[];
  const isSending = phase === 'uploading' && bytes > 0;
  return {
    steps,
    share: isSending ? Math.min(1, sent / bytes) : undefined,
    left: phase === 'working' && view?.estimate_ms != null ? view.estimate_ms : undefined,
  };
}

/** 0–1 of the whole, for a ring or a bar: the upload is its first tenth. */
export function overall(photo: Photo): number {
  const { phase, view, sent, bytes } = photo;
  if (phase === 'done') return 1;
  if (phase === 'uploading') return bytes > 0 ? 0.1 * Math.min(1, sent / bytes) : 0;
  return phase === 'working' ? 0.1 + 0.9 * (view?.progress ?? 0) : 0;
}

const order: readonly StageName[] = ['upscale', 'segment', 'effects'];

/** As the job has them; as far as it does not say, what it has passed over is none, and the rest as it was asked for. */
function stepsOf({ scale, looks, view }: Photo): readonly StepName[] {
  if (view?.route) return ['upload', ...view.route];
  const met = view?.stages_done ? [...view.stages_done, view.stage] : [];
  const asked = { upscale: scale > 1, segment: true, effects: looks.length > 0 };
  const last = Math.max(...met.map((name) => (name ? order.indexOf(name) : -1)));
  return ['upload', ...order.filter((name, index) => met.includes(name) || (index > last && asked[name]))];
}

/** Before the first word from the job it is the step after the upload. */
function workingAt(names: readonly StepName[], stage: StageName | undefined): number {
  return Math.max(1, stage ? names.indexOf(stage) : 1);
}

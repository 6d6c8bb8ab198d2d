import test from 'ava';
import { createReporter } from './live.ts';
import type { JobView, Photo, State } from './state.ts';
import { initialState, newPhoto } from './state.ts';
import { createTexts } from './texts.ts';

const words = {
  'live.uploading': '{name} up',
  'live.step': '{name} {step}',
  'live.done': '{name} done',
  'live.problem': '{name} {problem}',
  'step.upscale': 'larger',
  'problem.NO_SUBJECT': 'nothing there',
};
const of = (...photos: Photo[]): State => ({ ...initialState, photos });
const photo: Photo = { ...newPhoto(1, 'a', 10), phase: 'uploading' };
const view: JobView = { job: 'x', status: 'processing', stage: 'upscale', progress: 0.1, files: {} };

test('Each thing that happens is said once, and not every byte of it', (t) => {
  const report = createReporter(createTexts(['en'], { en: words }));
  t.deepEqual(report(of(photo)), ['a up']);
  t.deepEqual(report(of({ ...photo, sent: 5 })), []);
  t.deepEqual(report(of({ ...photo, phase: 'working', view })), ['a larger']);
  t.deepEqual(report(of({ ...photo, phase: 'working', view: { ...view, progress: 0.5 } })), []);
  t.deepEqual(report(of({ ...photo, phase: 'done' }, { ...photo, id: 2, name: 'b' })), ['a done', 'b up']);
});

test('A problem is said in words', (t) => {
  const report = createReporter(createTexts(['en'], { en: words }));
  const problem = { code: 'NO_SUBJECT' };
  t.deepEqual(report(of({ ...photo, phase: 'failed', problem })), ['a nothing there']);
});

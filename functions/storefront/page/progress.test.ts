import test from 'ava';
import { overall, progressOf } from './progress.ts';
import type { JobView, Photo } from './state.ts';
import { newPhoto } from './state.ts';

const photo: Photo = { ...newPhoto(1, 'a.jpg', 200), scale: 2, looks: ['color'] };
const view: JobView = {
  job: 'a',
  status: 'processing',
  stage: 'segment',
  stages_done: ['upscale'],
  progress: 0.4,
  estimate_ms: 3000,
  files: {},
};
const said = (of: Photo): string =>
  progressOf(of)
    .steps.map(({ name, state }) => `${name} ${state}`)
    .join(', ');

test('While it is sent its bytes are what is known', (t) => {
  const sending: Photo = { ...photo, phase: 'uploading', sent: 50 };
  t.is(said(sending), 'upload now, upscale next, segment next, effects next');
  t.is(progressOf(sending).share, 0.25);
  t.is(progressOf(sending).left, undefined);
});

test('While it is worked on the job says where it is and what is left', (t) => {
  const working: Photo = { ...photo, phase: 'working', view };
  t.is(said(working), 'upload done, upscale done, segment now, effects next');
  t.is(progressOf(working).left, 3000);
  t.is(progressOf({ ...working, view: { ...view, estimate_ms: null } }).left, undefined);
});

test('Before the job’s first word it is the step after the upload', (t) => {
  t.is(said({ ...photo, phase: 'working' }), 'upload done, upscale now, segment next, effects next');
});

test('Steps that nobody asked for are none', (t) => {
  t.is(said({ ...photo, scale: 1, looks: [], phase: 'done' }), 'upload done, segment done');
});

test('A stage that the shop has fixed otherwise is no step, as soon as the job says so', (t) => {
  const uploading: Photo = { ...photo, phase: 'uploading' };
  const first: JobView = { job: 'a', status: 'queued', stage: 'segment', stages_done: [], files: {} };
  t.is(said({ ...uploading, view: first }), 'upload now, segment next, effects next');
  const enlarged: JobView = { ...first, stage: 'upscale' };
  t.is(
    said({ ...uploading, scale: 1, view: enlarged }),
    'upload now, upscale next, segment next, effects next',
  );
  const routed: JobView = { ...first, route: ['segment'] };
  t.is(said({ ...uploading, view: routed }), 'upload now, segment next');
});

test('The upload is the first tenth of the whole', (t) => {
  t.is(overall({ ...photo, phase: 'uploading', sent: 100 }), 0.05);
  t.is(overall({ ...photo, phase: 'working', view }), 0.1 + 0.9 * 0.4);
  t.is(overall({ ...photo, phase: 'done' }), 1);
  t.is(overall({ ...photo, phase: 'failed' }), 0);
});

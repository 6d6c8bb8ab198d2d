import test from 'ava';
import type { JobView, Photo } from './state.ts';
import {
  changed,
  edited,
  hasCutout,
  initialState,
  isOutlineNew,
  isWaiting,
  looksOf,
  mayHelpAgain,
  newPhoto,
  without,
  withPhoto,
} from './state.ts';

const three = [1, 2, 3].reduce((state, id) => withPhoto(state, newPhoto(id, `${id}.jpg`, 10)), initialState);
const file = { url: '', preview: '', width: 2, height: 2, bytes: 1 };
const view: JobView = { job: 'a', status: 'processing', files: { cutout: file } };

test('The first of several photos is shown, and the next one when what is shown was refused', (t) => {
  t.is(three.selected, 1);
  const refused = changed(three, 1, { phase: 'refused' });
  t.is(withPhoto(refused, newPhoto(4, 'd.jpg', 1)).selected, 4);
});

test('When the shown photo is taken away its neighbour is shown, and nothing when it was the last', (t) => {
  t.is(without(changed(three, 2, {}), 1).selected, 2);
  t.is(without({ ...three, selected: 3 }, 3).selected, 2);
  t.is(without({ ...three, selected: 3 }, 1).selected, 3);
  t.is([1, 2, 3].reduce(without, three).selected, undefined);
});

test('A change is of one photo alone', (t) => {
  const state = changed(three, 2, { sent: 5 });
  t.deepEqual(
    state.photos.map(({ sent }) => sent),
    [0, 5, 0],
  );
  t.is(state.photos[0], three.photos[0]);
});

test('An outline is new as long as it has strokes or is smoothed', (t) => {
  const photo = newPhoto(1, 'a', 1);
  t.false(isOutlineNew(photo));
  t.true(isOutlineNew({ ...photo, ...edited(photo, { strokes: 1 }) }));
  t.true(isOutlineNew({ ...photo, ...edited(photo, { smoothing: 10 }) }));
  t.false(isOutlineNew({ ...photo, ...edited(photo, { crop: true, shadow: true }) }));
});

test('There is something to look at as soon as the cut-out is there, but not of a job that failed', (t) => {
  const photo: Photo = { ...newPhoto(1, 'a', 1), phase: 'working', view };
  t.true(hasCutout(photo));
  t.false(hasCutout({ ...photo, phase: 'failed' }));
  t.false(hasCutout({ ...photo, view: { ...view, files: {} } }));
});

test('The looks are those that were asked for, until the job has ended in those that the shop has fixed', (t) => {
  const photo: Photo = { ...newPhoto(1, 'a', 1), phase: 'working', view, looks: ['sketch', 'color'] };
  const ended = (...names: string[]): Photo => {
    const files = Object.fromEntries(['upscaled', 'cutout', ...names].map((name) => [name, file]));
    return { ...photo, view: { ...view, status: 'completed', files } };
  };
  t.deepEqual(looksOf(photo), ['sketch', 'color']);
  t.deepEqual(looksOf({ ...photo, view: { ...view, route: ['segment'] } }), []);
  t.deepEqual(looksOf(ended('color', 'sketch')), ['sketch', 'color']);
  t.deepEqual(looksOf(ended('pop-art', 'color')), ['color', 'pop-art']);
  t.deepEqual(looksOf(ended()), []);
});

test('A photo is waited for until it is done, refused or failed', (t) => {
  const phases = ['reading', 'waiting', 'uploading', 'working', 'done', 'refused', 'failed'] as const;
  const waiting = phases.filter((phase) => isWaiting({ ...newPhoto(1, 'a', 1), phase }));
  t.deepEqual(waiting, ['reading', 'waiting', 'uploading', 'working']);
});

test('To try again is offered where it may help, and not for what is wrong with the photo itself', (t) => {
  const failed = (code: string): Photo => ({ ...newPhoto(1, 'a', 1), phase: 'failed', problem: { code } });
  t.true(mayHelpAgain(failed('BUSY')));
  t.true(mayHelpAgain(failed('INTERNAL')));
  t.false(mayHelpAgain(failed('NO_SUBJECT')));
  t.false(mayHelpAgain({ ...failed('BUSY'), phase: 'refused' }));
});

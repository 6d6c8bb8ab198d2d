// A photo on its way, or one that did not get through: the picture as far as it is, the steps, what is left.
import { attribute, h, icon, show, write } from './dom.ts';
import { fileUrl } from './finish-query.ts';
import type { Step } from './progress.ts';
import { progressOf } from './progress.ts';
import type { Photo, State } from './state.ts';
import { hasCutout, mayHelpAgain } from './state.ts';
import type { Context, View } from './view.ts';

export function progressView(context: Context, choose: () => void): View {
  const { texts, studio, shop } = context;
  let id = 0;
  const picture = h('img', { alt: '', class: 'waiting-picture' });
  const note = h('p', { class: 'small' }, texts('progress.heic'));
  const none = h('div', { class: 'waiting-none' }, icon('picture'), note);
  const steps = h('ol', { class: 'steps', part: 'steps' });
  const bar = h('progress', { max: 1, part: 'progress', 'aria-label': texts('progress') });
  const words = h('p', { class: 'quiet', part: 'progress-text' });
  const cancel = h(
    'button',
    { type: 'button', part: 'cancel', onclick: () => studio.remove(id) },
    texts('cancel'),
  );
  const work = h('div', { class: 'work' }, steps, bar, words, cancel);

  const message = h('p', { part: 'problem', class: 'problem-text', role: 'alert' });
  const retry = h(
    'button',
    { type: 'button', class: 'primary', part: 'again', onclick: () => studio.again(id) },
    texts('again'),
  );
  const change = (): void => {
    studio.remove(id);
    choose();
  };
  const other = h('button', { type: 'button', part: 'other', onclick: change }, texts('other'));
  const trouble = h(
    'div',
    { class: 'trouble' },
    icon('warning'),
    message,
    h('div', { class: 'row centre' }, retry, other),
  );
  const root = h(
    'section',
    { class: 'waiting', part: 'waiting', 'aria-label': texts('progress'), tabindex: -1 },
    h('div', { class: 'waiting-stage', part: 'waiting-stage' }, picture, none),
    work,
    trouble,
  );

  function shape(photo: Photo): void {
    const { key, view } = photo;
    const name = ['cutout', 'upscaled'].find((each) => view?.files[each]);
    const file = name !== undefined ? view!.files[name] : undefined;
    const isOurs = file !== undefined && (name === 'cutout' || photo.picture === undefined);
    const shown = isOurs ? fileUrl(shop().endpoint, file.preview, key!) : photo.picture;
    attribute(picture, 'src', shown);
    show(picture, shown !== undefined);
    show(none, shown === undefined);
    show(note, photo.phase !== 'reading');
    // Sharper with every stage.
    attribute(picture, 'data-sharp', name ?? (photo.phase === 'working' ? 'sent' : 'chosen'));
  }

  return {
    root,
    update(state: State) {
      const photo = state.photos.find((each) => each.id === state.selected);
      const isHere = photo !== undefined && !hasCutout(photo);
      show(root, isHere);
      if (!photo || !isHere) return;
      id = photo.id;
      shape(photo);
      const hasFailed =
        photo.problem !== undefined && (photo.phase === 'failed' || photo.phase === 'refused');
      attribute(root, 'data-empty', hasFailed && photo.picture === undefined);
      show(work, !hasFailed);
      show(trouble, hasFailed);
      show(retry, mayHelpAgain(photo));
      other.classList.toggle('primary', !mayHelpAgain(photo));
      write(message, hasFailed ? texts.problem(photo.problem!) : '');
      if (hasFailed) return;
      const { steps: all, share } = progressOf(photo);
      writeSteps(steps, all, context);
      bar.value = share ?? photo.view?.progress ?? 0;
      write(words, lineOf(photo, share, context));
    },
  };
}

function writeSteps(list: HTMLElement, steps: readonly Step[], { texts }: Context): void {
  if (list.children.length !== steps.length)
    list.replaceChildren(
      ...steps.map(() =>
        h('li', {}, h('span', { class: 'mark' }, icon('check')), h('span'), h('span', { class: 'hidden' })),
      ),
    );
  steps.forEach(({ name, state }, index) => {
    const item = list.children[index]!;
    attribute(item, 'data-state', state);
    attribute(item, 'data-step', name);
    attribute(item, 'aria-current', state === 'now' && 'step');
    write(item.children[1]!, texts(`step.${name}`));
    write(item.children[2]!, ` (${texts(`step.state.${state}`)})`);
  });
}

/** What is known of the time, and nothing that is not. */
function lineOf(photo: Photo, share: number | undefined, { texts }: Context): string {
  const { phase, sent, bytes, view, again } = photo;
  if (phase === 'uploading' && again && sent === 0) return texts('progress.again');
  if (phase === 'uploading' && share !== undefined)
    return texts('progress.sent', { sent: texts.bytes(sent), size: texts.bytes(bytes) });
  if (phase === 'working' && view?.estimate_ms != null)
    return texts('progress.left', { time: texts.time(view.estimate_ms) });
  if (phase === 'working' && view?.estimate_ms === null) return texts('progress.measuring');
  return texts(`phase.${phase}`);
}

// Where photos come in: chosen, taken with the camera, dropped or pasted.
import { h, icon, show } from './dom.ts';
import { formatTitle } from './photo-check.ts';
import type { Context, View } from './view.ts';

export function dropView({ studio, texts }: Context): View & { choose(): void } {
  const take = ({ currentTarget: input }: { currentTarget: HTMLInputElement }): void => {
    const files = [...(input.files ?? [])];
    // The same photo can be chosen again.
    input.value = '';
    studio.add(files);
  };
  const accept = 'image/*,.heic,.heif';
  const chooser = h('input', {
    type: 'file',
    accept,
    multiple: true,
    hidden: true,
    part: 'file-input',
    onchange: take,
  });
  const camera = h('input', {
    type: 'file',
    accept: 'image/*',
    capture: 'environment',
    hidden: true,
    onchange: take,
  });
  const limits = h('p', { class: 'quiet small limits', part: 'limits' });
  const choose = (): void => chooser.click();
  const root = h(
    'section',
    { part: 'drop', class: 'drop', 'aria-labelledby': 'drop-title' },
    h('div', { class: 'drop-art' }, icon('subject')),
    h('h2', { id: 'drop-title' }, texts('drop.title')),
    h('p', { class: 'quiet' }, texts('drop.hint')),
    h(
      'div',
      { class: 'row centre' },
      h(
        'button',
        { type: 'button', class: 'primary', part: 'choose', onclick: choose },
        texts('drop.choose'),
      ),
      h(
        'button',
        { type: 'button', class: 'touch-only', part: 'camera', onclick: () => camera.click() },
        icon('camera'),
        texts('drop.camera'),
      ),
    ),
    limits,
    chooser,
    camera,
  );
  return {
    root,
    choose,
    update({ catalogue, photos }) {
      show(root, photos.length === 0);
      if (!catalogue) return;
      const { formats, max_file_bytes, min_side } = catalogue.limits;
      const size = texts.bytes(max_file_bytes);
      const all = texts('drop.limits', {
        formats: texts.list(formats.map(formatTitle)),
        size,
        side: min_side,
      });
      if (limits.dataset.text === all) return;
      limits.dataset.text = all;
      limits.replaceChildren(...all.split(' · ').map((part) => h('span', {}, part)));
    },
  };
}

/** Photos that are dropped anywhere on the element, or pasted while it is there. @returns what ends that */
export function takeDrops(
  host: HTMLElement,
  { studio }: Pick<Context, 'studio'>,
  mark: (isOver: boolean) => void,
) {
  let depth = 0;
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const move = (by: number) => (): void => {
    depth = Math.max(0, depth + by);
    mark(depth > 0);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    depth = 0;
    mark(false);
    studio.add(event.dataTransfer?.files ?? []);
  };
  const paste = ({ clipboardData, target }: ClipboardEvent): void => {
    if (target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName)) return;
    const files = [...(clipboardData?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
    if (files.length > 0) studio.add(files);
  };
  const [enter, leave] = [move(1), move(-1)];
  host.addEventListener('dragover', over);
  host.addEventListener('dragenter', enter);
  host.addEventListener('dragleave', leave);
  host.addEventListener('drop', drop);
  document.addEventListener('paste', paste);
  return (): void => {
    host.removeEventListener('dragover', over);
    host.removeEventListener('dragenter', enter);
    host.removeEventListener('dragleave', leave);
    host.removeEventListener('drop', drop);
    document.removeEventListener('paste', paste);
  };
}

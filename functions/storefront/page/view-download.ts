// One file, or everything, in the form that is on the screen.
import { problemOf } from './api-error.ts';
import { attribute, h, icon, write } from './dom.ts';
import type { Panel } from './panel-look.ts';
import type { Wanted } from './save-file.ts';
import { fetchFile, saveFile } from './save-file.ts';
import type { Photo } from './state.ts';
import type { Context } from './view.ts';

const formats: readonly Wanted[] = ['png', 'webp', 'jpeg', 'zip'];

export function downloadView({ studio, api, texts, say }: Context): Panel {
  let photo: Photo | undefined;
  let isBusy = false;
  const format = h(
    'select',
    { part: 'format', 'aria-label': texts('format') },
    ...formats.map((name) => h('option', { value: name }, texts(`format.${name}`))),
  );
  const words = h('span', {}, texts('download'));
  const button = h(
    'button',
    { type: 'button', class: 'primary', part: 'download', onclick: () => void download() },
    icon('download'),
    words,
  );
  const problem = h('p', { class: 'small problem-text', role: 'alert', part: 'download-problem' });
  const root = h('div', { class: 'download', part: 'downloads' }, format, button, problem);

  async function download(): Promise<void> {
    if (isBusy || !photo) return;
    const { id } = photo;
    const wanted = format.value as Wanted;
    isBusy = true;
    tell();
    try {
      await studio.applyOutline(id);
      const file = await fetchFile(studio.photo(id)!, wanted, studio.media(id), api);
      saveFile(file);
      say(texts('download.done', { name: file.name }));
    } catch (thrown) {
      write(problem, texts.problem(problemOf(thrown)));
    } finally {
      isBusy = false;
      tell();
    }
  }

  function tell(): void {
    attribute(button, 'aria-disabled', isBusy && 'true');
    write(words, texts(isBusy ? 'download.now' : 'download'));
    if (isBusy) write(problem, '');
  }

  return {
    root,
    update(next) {
      photo = next;
      const isWhole = next.view?.status === 'completed';
      const zip = format.options[formats.indexOf('zip')]!;
      zip.disabled = !isWhole;
    },
  };
}

// What stands behind the subject: nothing, a colour, a scene, a picture of one's own; and its shadow.
import type { Choice } from './choices.ts';
import { createChoices, createTick } from './choices.ts';
import { attribute, h, icon, show, write } from './dom.ts';
import type { Panel } from './panel-look.ts';
import type { Backdrop, Photo } from './state.ts';
import type { Context } from './view.ts';

const plain = ['ffffff', '111111', 'f3ead9', 'd9e4dc', 'cfe0ee', 'f2d7d5'];
const NONE = 'none';

export function backgroundPanel(context: Context): Panel {
  const { texts, studio, store, shop } = context;
  let photo: Photo | undefined;
  let owns = 0;
  const put = (backdrop: Backdrop): void => studio.edit(photo!.id, { backdrop });
  const colours = createChoices(texts('background.plain'), 'colours', 'colour', (value) =>
    put(value === NONE ? { kind: 'none' } : { kind: 'colour', colour: `#${value}` }),
  );
  const scenes = createChoices(texts('background.scenes'), 'pictures', 'background', (value) =>
    put({ kind: 'template', name: value }),
  );
  const any = h('input', {
    type: 'color',
    part: 'any-colour',
    'aria-label': texts('background.colour'),
    value: '#e8b04b',
    oninput: () => put({ kind: 'colour', colour: any.value }),
  });
  const file = h('input', {
    type: 'file',
    accept: 'image/*',
    hidden: true,
    part: 'own-input',
    onchange: () => void takeOwn(),
  });
  const own = h(
    'button',
    { type: 'button', class: 'tile', part: 'own', onclick: () => file.click() },
    h('span', { class: 'face' }, icon('picture')),
    h('span', { class: 'title' }, texts('background.own')),
  );
  const problem = h('p', { class: 'small problem-text', role: 'alert', part: 'own-problem' });
  const anyOf = h('label', { class: 'any', title: texts('background.colour') }, any);
  const match = createTick(texts('match'), 'match', (on) => studio.edit(photo!.id, { match: on }));
  const shadow = createTick(texts('shadow'), 'shadow', (on) => studio.edit(photo!.id, { shadow: on }));

  async function takeOwn(): Promise<void> {
    const [chosen] = file.files ?? [];
    file.value = '';
    if (!chosen || !photo) return;
    const { id } = photo;
    try {
      const picture = await createImageBitmap(chosen);
      // Its photo may have been taken away meanwhile.
      if (!studio.photo(id)) return picture.close();
      studio.media(id).own = picture;
      studio.edit(id, { backdrop: { kind: 'own', number: ++owns } });
      write(problem, '');
    } catch {
      write(problem, texts.problem({ code: 'IMAGE_CORRUPT' }));
    }
  }

  return {
    root: h(
      'div',
      {},
      h('div', { class: 'swatches' }, colours.root, anyOf),
      h('div', { class: 'pictures' }, own, scenes.root),
      file,
      problem,
      shadow.root,
      match.root,
    ),
    update(next) {
      if (photo?.id !== next.id) write(problem, '');
      photo = next;
      const { backdrop } = next.edits;
      const endpoint = shop().endpoint;
      const wished = shop().backgrounds;
      const offered = (store.state.catalogue?.backgrounds ?? []).filter(
        ({ name }) => !wished || wished.includes(name),
      );
      const chosen =
        backdrop.kind === 'colour' ? backdrop.colour.slice(1) : backdrop.kind === 'none' ? NONE : '';
      colours.update(
        [
          { value: NONE, title: texts('background.none') },
          ...plain.map((value) => ({ value, title: texts(`colour.${value}`), colour: `#${value}` })),
        ],
        chosen,
      );
      const templates: Choice[] = offered.map(({ name, thumbnail }) => ({
        value: name,
        title: texts.has(`background.${name}`) ? texts(`background.${name}`) : name.replaceAll('-', ' '),
        picture: `${endpoint}${thumbnail}`,
      }));
      scenes.update(templates, backdrop.kind === 'template' ? backdrop.name : '');
      show(scenes.root, templates.length > 0);
      attribute(anyOf, 'data-chosen', chosen !== '' && chosen !== NONE && !plain.includes(chosen));
      own.setAttribute('aria-pressed', String(backdrop.kind === 'own'));
      shadow.update(next.edits.shadow);
      match.update(next.edits.match, backdrop.kind === 'none' || backdrop.kind === 'own');
    },
  };
}

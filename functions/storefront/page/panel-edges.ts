// The outline: smoother, or corrected by hand.
import { attribute, h, icon } from './dom.ts';
import type { Panel } from './panel-look.ts';
import type { Context } from './view.ts';

export function edgesPanel({ texts, studio }: Context, brush: () => void): Panel {
  let id = 0;
  const smooth = h('input', {
    type: 'range',
    min: 0,
    max: 100,
    part: 'smoothing',
    id: 'smoothing',
    oninput: () => studio.edit(id, { smoothing: Number(smooth.value) }),
  });
  const hand = h(
    'button',
    { type: 'button', part: 'brush-start', onclick: brush },
    icon('brush'),
    texts('edges.brush'),
  );
  return {
    root: h(
      'div',
      {},
      h('label', { class: 'field', for: 'smoothing' }, texts('edges.smooth')),
      smooth,
      h('div', { class: 'row' }, hand),
      h('p', { class: 'quiet small' }, texts('edges.hint')),
    ),
    update(photo) {
      id = photo.id;
      if (Number(smooth.value) !== photo.edits.smoothing) smooth.value = String(photo.edits.smoothing);
      attribute(smooth, 'disabled', photo.correcting);
      attribute(hand, 'disabled', photo.correcting);
    },
  };
}

// The slider between before and after.
import { attribute, h } from './dom.ts';
import type { Texts } from './texts.ts';

export interface Compare {
  readonly root: HTMLElement;
  /** Where the picture lies, in CSS pixels. */
  place(left: number, width: number): void;
  /** Whoever changes something wants to see the result. */
  stepAside(): void;
  reset(): void;
}

const FIRST = 50;
const ASIDE = 0;

export function createCompare(before: HTMLElement, texts: Texts): Compare {
  let left = 0;
  let width = 0;
  const range = h('input', {
    type: 'range',
    min: 0,
    max: 100,
    value: FIRST,
    part: 'compare',
    'aria-label': texts('compare'),
    oninput: show,
  });
  const labels = [
    h('span', { class: 'tag' }, texts('compare.before')),
    h('span', { class: 'tag' }, texts('compare.after')),
  ];
  const root = h(
    'div',
    { class: 'compare' },
    range,
    h('div', { class: 'handle', part: 'compare-handle' }),
    ...labels,
  );

  function show(): void {
    const share = Number(range.value) / 100;
    attribute(range, 'aria-valuetext', texts('compare.value', { percent: texts.percent(share) }));
    const x = left + share * width;
    before.style.setProperty('--split', `${x}px`);
    root.style.setProperty('--split', `${x - left}px`);
    const isBetween = share * width >= 90 && (1 - share) * width >= 90;
    for (const label of labels) label.hidden = !isBetween;
    attribute(root, 'data-aside', share === 0);
  }

  return {
    root,
    place(newLeft, newWidth) {
      left = newLeft;
      width = newWidth;
      root.style.setProperty('--from', `${left}px`);
      root.style.setProperty('--room', `${width}px`);
      show();
    },
    stepAside() {
      range.value = String(ASIDE);
      show();
    },
    reset() {
      range.value = String(FIRST);
      show();
    },
  };
}

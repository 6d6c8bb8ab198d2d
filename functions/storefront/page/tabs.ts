// Tabs as the ARIA Authoring Practices have them: arrows move, the panel follows.
import { attribute, h } from './dom.ts';

export interface Tab {
  readonly name: string;
  readonly title: string;
  readonly panel: HTMLElement;
}

export function createTabs(tabs: readonly Tab[], label: string): HTMLElement {
  const buttons = tabs.map(({ name, title }, index) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        part: `tab tab-${name}`,
        id: `tab-${name}`,
        'aria-controls': `panel-${name}`,
        onclick: () => choose(index),
        onkeydown: (event: KeyboardEvent) => onKey(event, index),
      },
      title,
    ),
  );
  for (const { name, panel } of tabs) {
    attribute(panel, 'role', 'tabpanel');
    attribute(panel, 'id', `panel-${name}`);
    attribute(panel, 'aria-labelledby', `tab-${name}`);
    attribute(panel, 'part', `panel panel-${name}`);
    panel.classList.add('panel');
  }

  function choose(at: number): void {
    buttons.forEach((button, index) => {
      attribute(button, 'aria-selected', String(index === at));
      attribute(button, 'tabindex', index === at ? 0 : -1);
      tabs[index]!.panel.hidden = index !== at;
    });
  }

  function onKey(event: KeyboardEvent, at: number): void {
    const isRtl = getComputedStyle(event.currentTarget as Element).direction === 'rtl';
    const by = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1 }[event.key];
    const to =
      event.key === 'Home'
        ? 0
        : event.key === 'End'
          ? tabs.length - 1
          : by && (at + by + tabs.length) % tabs.length;
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
    buttons[to]!.focus();
  }

  choose(0);
  return h(
    'div',
    { class: 'tabs' },
    h('div', { class: 'tablist', role: 'tablist', 'aria-label': label }, ...buttons),
    ...tabs.map(({ panel }) => panel),
  );
}

// Tabs as the ARIA Authoring Practices have them: arrows move, the panel follows.
import { attribute, h, show } from './dom.ts';

export interface Tab {
  readonly name: string;
  readonly title: string;
  readonly panel: HTMLElement;
}

export interface Tabs {
  readonly root: HTMLElement;
  /** One with nothing to choose in it is left out. */
  offer(name: string, isOffered: boolean): void;
}

export function createTabs(tabs: readonly Tab[], label: string): Tabs {
  let chosen = 0;
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
    chosen = at;
    buttons.forEach((button, index) => {
      attribute(button, 'aria-selected', String(index === at));
      attribute(button, 'tabindex', index === at ? 0 : -1);
      tabs[index]!.panel.hidden = index !== at;
    });
  }

  function onKey(event: KeyboardEvent, at: number): void {
    const isRtl = getComputedStyle(event.currentTarget as Element).direction === 'rtl';
    const by = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1 }[event.key];
    const offered = [...buttons.keys()].filter((index) => !buttons[index]!.hidden);
    const place = offered.indexOf(at);
    const to =
      event.key === 'Home'
        ? offered[0]
        : event.key === 'End'
          ? offered.at(-1)
          : by && offered.at((place + by) % offered.length);
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
    buttons[to]!.focus();
  }

  choose(0);
  const list = h('div', { class: 'tablist', role: 'tablist', 'aria-label': label }, ...buttons);
  return {
    root: h('div', { class: 'tabs' }, list, ...tabs.map(({ panel }) => panel)),
    offer(name, isOffered) {
      const at = tabs.findIndex((tab) => tab.name === name);
      show(buttons[at]!, isOffered);
      if (!isOffered && chosen === at) choose(buttons.findIndex((button) => !button.hidden));
    },
  };
}

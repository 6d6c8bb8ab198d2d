// Everything that can be changed about a result, a few things at a time.
import { attribute, h, show } from './dom.ts';
import { backgroundPanel } from './panel-background.ts';
import { edgesPanel } from './panel-edges.ts';
import type { Panel } from './panel-look.ts';
import { lookPanel } from './panel-look.ts';
import { sizePanel } from './panel-size.ts';
import { hasCutout, looksOf } from './state.ts';
import { createTabs } from './tabs.ts';
import type { Context, View } from './view.ts';
import { downloadView } from './view-download.ts';

export function panelView(context: Context, brush: () => void): View {
  const { texts } = context;
  const panels: Readonly<Record<string, Panel>> = {
    look: lookPanel(context),
    background: backgroundPanel(context),
    edges: edgesPanel(context, brush),
    size: sizePanel(context),
  };
  const tabs = createTabs(
    Object.entries(panels).map(([name, { root }]) => ({ name, title: texts(`tab.${name}`), panel: root })),
    texts('panel'),
  );
  const download = downloadView(context);
  const root = h(
    'section',
    { class: 'changes', part: 'changes', 'aria-label': texts('panel') },
    tabs.root,
    download.root,
  );
  return {
    root,
    update(state) {
      const photo = state.photos.find(({ id }) => id === state.selected);
      const isHere = photo !== undefined && hasCutout(photo);
      show(root, isHere);
      attribute(root, 'aria-busy', isHere && photo.correcting && 'true');
      if (!isHere) return;
      tabs.offer('look', looksOf(photo).length > 0);
      for (const panel of Object.values(panels)) panel.update(photo);
      download.update(photo);
    },
  };
}

// What the brush does to the outline: from points of the screen to pixels of the mask.
import type { Outline } from './outline.ts';
import type { View as Placing, Scenery } from './paint.ts';
import type { BrushTarget } from './stage-brush.ts';
import { pictureAt } from './stage-geometry.ts';

export interface StrokePorts {
  readonly canvas: HTMLElement;
  outline(): Outline | undefined;
  scenery(): Scenery | undefined;
  placing(): Placing;
  /** @param strokes that are in the outline now */
  changed(strokes: number): void;
  paint(): void;
  done(): void;
}

export function strokesOn(ports: StrokePorts): BrushTarget {
  const after = (): void => {
    ports.changed(ports.outline()?.strokes ?? 0);
    ports.paint();
  };
  return {
    canvas: ports.canvas,
    done: ports.done,
    begin: () => ports.outline()?.begin(),
    end() {
      ports.outline()?.end();
      after();
    },
    undo() {
      ports.outline()?.undo();
      after();
    },
    stroke(from, to, { keep, radius }) {
      const outline = ports.outline();
      const scenery = ports.scenery();
      if (!outline || !scenery) return;
      const placing = ports.placing();
      const dots = devicePixelRatio;
      const factor = outline.width / scenery.width;
      const at = (x: number, y: number) => pictureAt(scenery.frame, placing, x * dots, y * dots);
      const [a, b] = [at(from.x, from.y), at(to.x, to.y)];
      const size = Math.max(1, ((radius * dots) / placing.scale) * factor);
      outline.draw(a.x * factor, a.y * factor, b.x * factor, b.y * factor, { keep, radius: size });
      ports.paint();
    },
  };
}

// For tests that want the real thing: the helper graphs that ship, in the real worker, with the real codec.
import { openRegistry } from '../../models/registry.ts';
import { resize } from '../image/codec.ts';
import { createEngine } from '../inference/engine.ts';
import type { Model, Tools } from '../stage.ts';

export interface RealTools {
  readonly tools: Tools;
  close(): Promise<void>;
}

/** @param ids of helper graphs and looks @param extra models of the test's own, by id */
export async function openRealTools(
  ids: readonly string[],
  extra: Readonly<Record<string, Model>> = {},
): Promise<RealTools> {
  const registry = await openRegistry();
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: false },
    threads: 2,
    queueLimit: 1000,
    runLimitMs: 120_000,
    onFallback() {},
    onStuck() {},
  });
  const models = new Map(Object.entries(extra));
  for (const id of ids) {
    const look = registry.list('effects').find(({ card }) => card.id === id);
    const { card, graph } = look ?? registry.helper(id);
    models.set(id, await engine.load(card, graph));
  }
  return {
    tools: {
      model: (id) => models.get(id)!,
      resize,
      tile: { maxSide: 512, fixedShapes: false },
      progress() {},
    },
    close: () => engine.close(),
  };
}

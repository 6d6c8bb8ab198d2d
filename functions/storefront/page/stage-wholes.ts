// Every pixel of what is looked at closely: opened for as long as somebody looks.
import type { Scene } from './scene.ts';

export interface Wholes {
  /** @throws ApiError */
  open(scene: Scene): Promise<void>;
  of(scene: Scene): Opened | undefined;
  close(): void;
}

export interface Opened {
  readonly of: Scene['layer'];
  readonly layer: ImageBitmap;
  readonly before: ImageBitmap | undefined;
}

export function createWholes(): Wholes {
  let opened: Opened | undefined;
  /** Whoever looks at another one meanwhile, or no longer, does not want this one. */
  let wanted: Opened['of'] | undefined;
  const drop = (each: Opened | undefined): void => {
    each?.layer.close();
    each?.before?.close();
  };
  return {
    async open({ layer, before, fetchWhole }) {
      wanted = layer;
      if (opened?.of === layer) return;
      const [whole, wholeBefore] = await Promise.all([
        fetchWhole().then((blob) => createImageBitmap(blob)),
        before && createImageBitmap(before.blob),
      ]);
      const made: Opened = { of: layer, layer: whole, before: wholeBefore };
      const [kept, old] = wanted === layer ? [made, opened] : [opened, made];
      drop(old);
      opened = kept;
    },
    of: ({ layer }) => (opened?.of === layer ? opened : undefined),
    close() {
      wanted = undefined;
      drop(opened);
      opened = undefined;
    },
  };
}

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
  const close = (): void => {
    opened?.layer.close();
    opened?.before?.close();
    opened = undefined;
  };
  return {
    async open({ layer, before, fetchWhole }) {
      if (opened?.of === layer) return;
      const [whole, wholeBefore] = await Promise.all([
        fetchWhole().then((blob) => createImageBitmap(blob)),
        before && createImageBitmap(before.blob),
      ]);
      close();
      opened = { of: layer, layer: whole, before: wholeBefore };
    },
    of: ({ layer }) => (opened?.of === layer ? opened : undefined),
    close,
  };
}

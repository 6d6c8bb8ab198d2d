// Every pixel of what is looked at closely: opened for as long as somebody looks.
import type { Scene } from './scene.ts';

export interface Wholes {
  open(scene: Scene): Promise<void>;
  of(scene: Scene): { readonly layer: ImageBitmap; readonly before: ImageBitmap | undefined } | undefined;
  close(): void;
}

export function createWholes(): Wholes {
  let opened: { readonly of: Blob; readonly layer: ImageBitmap; readonly before: ImageBitmap | undefined } | undefined;
  const close = (): void => {
    opened?.layer.close();
    opened?.before?.close();
    opened = undefined;
  };
  return {
    async open({ layer, before }) {
      if (opened?.of === layer.blob) return;
      const [whole, wholeBefore] = await Promise.all([
        createImageBitmap(layer.blob),
        before && createImageBitmap(before.blob),
      ]);
      close();
      opened = { of: layer.blob, layer: whole, before: wholeBefore };
    },
    of: ({ layer }) => (opened?.of === layer.blob ? opened : undefined),
    close,
  };
}

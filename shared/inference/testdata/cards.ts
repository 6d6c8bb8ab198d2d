// Cards for tests, each as small as it may be.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Card } from '../../card.ts';
import { cardSchema } from '../../card.ts';

export function fakeCard(changes: Partial<Card> = {}): Card {
  return {
    id: 'fake',
    stage: 'helper',
    title: 'a fake',
    preview: false,
    licence: 'MIT',
    sources: [],
    sha256: '0'.repeat(64),
    bytes: 1,
    precision: 'fp32',
    onnxruntime: '1.26.0',
    optimization: 'all',
    inputs: { image: { type: 'uint8', shape: ['N', 'h', 'w', 3] } },
    outputs: { image_out: { type: 'uint8', shape: ['N', 'h', 'w', 3] } },
    scale: 1,
    field: 0,
    multiple: 1,
    max_batch: 1,
    check: {},
    ...changes,
  };
}

/** A model that ships: its card and where its graph lies. */
export async function builtin(file: string): Promise<{ card: Card; graph: string }> {
  const path = fileURLToPath(new URL(`../../../models/builtin/${file}`, import.meta.url));
  return {
    card: cardSchema.parse(JSON.parse(await readFile(`${path}.json`, 'utf8'))),
    graph: `${path}.onnx`,
  };
}

// Does a card tell the truth about its graph?
import type { Card, TensorSpec } from '../card.ts';

/** What a runtime reports about a graph's inputs or outputs. */
export interface GraphTensor {
  readonly name: string;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

export interface GraphSignature {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
}

/** The first field of the card that does not fit the graph, as a sentence; undefined when all do. */
export function cardMismatch(card: Card, graph: GraphSignature): string | undefined {
  for (const side of ['inputs', 'outputs'] as const) {
    const inGraph = new Map(graph[side].map((tensor) => [tensor.name, tensor]));
    for (const [name, spec] of Object.entries(card[side])) {
      const found = inGraph.get(name);
      const names = [...inGraph.keys()].join(', ');
      if (!found) return `${side}.${name}: expected one of the graph's ${side} (${names})`;
      const wrong = tensorMismatch(spec, found);
      if (wrong) return `${side}.${name}.${wrong}`;
    }
    // An output nobody reads is harmless; an input nobody feeds is not.
    const unknown = side === 'inputs' && graph.inputs.find(({ name }) => !(name in card.inputs));
    if (unknown) return `inputs.${unknown.name}: expected in the card, because the graph needs it`;
  }
  return undefined;
}

function tensorMismatch(spec: TensorSpec, graph: GraphTensor): string | undefined {
  if (graph.type !== spec.type)
    return `type: expected ${graph.type} as in the graph but received ${spec.type}`;
  const shape = graph.shape ?? [];
  const fits =
    shape.length === spec.shape.length &&
    shape.every((size, axis) => typeof size !== 'number' || size === spec.shape[axis]);
  return fits
    ? undefined
    : `shape: expected [${shape.join(', ')}] as in the graph but received [${spec.shape.join(', ')}]`;
}

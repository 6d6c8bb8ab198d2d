// The limit of the machine: session.run in this thread with the product's own settings, and nothing else.
import * as ort from 'onnxruntime-node';
import type { Card } from '../../shared/card.ts';
import type { Tensor } from '../../shared/stage.ts';

export interface BareSession {
  run(inputs: Readonly<Record<string, Tensor>>): Promise<void>;
}

export interface BareOptions {
  readonly device: string;
  readonly threads: number;
}

/** As shared/inference/worker.ts opens it. */
export async function openBare(
  { card, graph }: { readonly card: Card; readonly graph: string },
  { device, threads }: BareOptions,
): Promise<BareSession> {
  const session = await ort.InferenceSession.create(graph, {
    executionProviders: device === 'tensorrt' ? ['tensorrt', 'cuda'] : [device],
    intraOpNumThreads: threads,
    graphOptimizationLevel: card.optimization,
    logSeverityLevel: 4,
    enableCpuMemArena: false,
    enableMemPattern: false,
    extra: { session: { intra_op: { spin_duration_us: '1000' } } },
  });
  return {
    async run(inputs) {
      const feeds = Object.entries(inputs).map(([name, { dims, data }]) => {
        const type = card.inputs[name]?.type ?? 'uint8';
        return [name, new ort.Tensor(type, data, dims)] as const;
      });
      await session.run(Object.fromEntries(feeds), Object.keys(card.outputs));
    },
  };
}

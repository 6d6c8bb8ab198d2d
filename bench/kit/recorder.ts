// Remembers what a stage asks of its models, so that the same runs can be made without the stage.
import type { Model, Tensor, Tools } from '../../shared/stage.ts';

export interface RecordedRun {
  readonly model: string;
  /** Copies: the run took the originals with it. */
  readonly inputs: Readonly<Record<string, Tensor>>;
}

export interface Recorder {
  readonly runs: readonly RecordedRun[];
  model: Tools['model'];
}

export function recorder(tools: Pick<Tools, 'model'>): Recorder {
  const runs: RecordedRun[] = [];
  return {
    runs,
    model(id) {
      const model = tools.model(id);
      return {
        card: model.card,
        run(inputs, signal) {
          runs.push({ model: id, inputs: structuredClone(inputs) });
          return model.run(inputs, signal);
        },
      } satisfies Model;
    },
  };
}

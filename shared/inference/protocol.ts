// What travels between the main thread and the thread that holds the models.
import type { Card } from '../card.ts';
import type { Tensor } from '../stage.ts';
import type { DeviceName } from './device.ts';

export interface LoadRequest {
  readonly kind: 'load';
  readonly id: number;
  readonly model: string;
  readonly graph: string;
  readonly card: Card;
  readonly devices: readonly DeviceName[];
  readonly threads: number;
  /** Where the runtime's trace of this model is written, as the beginning of a path; undefined for none. */
  readonly trace: string | undefined;
}

export interface RunRequest {
  readonly kind: 'run';
  readonly id: number;
  readonly model: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/** Write what was traced: nothing runs any more. */
export interface FinishRequest {
  readonly kind: 'finish';
  readonly id: number;
}

export type WorkerRequest = LoadRequest | RunRequest | FinishRequest;

export interface Loaded {
  readonly kind: 'loaded';
  readonly id: number;
  readonly device: DeviceName;
  /** Why devices before it in the list were passed over. */
  readonly passedOver: readonly string[];
}

export interface Ran {
  readonly kind: 'ran';
  readonly id: number;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

export interface Finished {
  readonly kind: 'finished';
  readonly id: number;
}

export interface Failed {
  readonly kind: 'failed';
  readonly id: number;
  /** `card`: the card does not fit its graph, and the message names the field. `device`: no wanted device is there. */
  readonly cause: 'card' | 'device' | 'runtime';
  readonly message: string;
}

export type WorkerReply = Loaded | Ran | Finished | Failed;

// What travels between the main thread and the thread that holds the models.
import type { Card } from '../card.ts';
import type { Tensor } from '../stage.ts';
import type { DeviceName } from './device.ts';

/** What is asked. The thread answers one after the other, in order. */
interface Request {
  readonly id: number;
  /** Where one of a batch has failed the rest of it fails untried. */
  readonly batch?: number;
}

export interface LoadRequest extends Request {
  readonly kind: 'load';
  readonly model: string;
  readonly graph: string;
  readonly card: Card;
  readonly devices: readonly DeviceName[];
  readonly threads: number;
  /** Where the runtime's trace of this model is written, as the beginning of a path; undefined for none. */
  readonly trace: string | undefined;
}

/** Run it at every shape that it will be given. */
export interface WarmRequest extends Request {
  readonly kind: 'warm';
  readonly model: string;
}

export interface RunRequest extends Request {
  readonly kind: 'run';
  readonly model: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/** Write what was traced: nothing runs any more. */
export interface FinishRequest extends Request {
  readonly kind: 'finish';
}

export type WorkerRequest = LoadRequest | WarmRequest | RunRequest | FinishRequest;

export interface Loaded {
  readonly kind: 'loaded';
  readonly id: number;
  readonly device: DeviceName;
  /** Why devices before it in the list were passed over. */
  readonly passedOver: readonly string[];
  /** What it took. */
  readonly ms: number;
}

export interface Warmed {
  readonly kind: 'warmed';
  readonly id: number;
  /** What each run took. */
  readonly runsMs: readonly number[];
}

export interface Ran {
  readonly kind: 'ran';
  readonly id: number;
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What it took. */
  readonly ms: number;
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

export type WorkerReply = Loaded | Warmed | Ran | Finished | Failed;

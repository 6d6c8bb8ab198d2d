// What jobs are put through: a house that takes photos, and the troubles that it can be given.
import type { Chance } from './chance.ts';
import type { Ledger } from './ledger.ts';
import type { Records } from './outcome.ts';
import type { PhotoCase } from './photos.ts';

export interface Trouble {
  readonly name: string;
  /** From its beginning to its end. */
  run(chance: Chance): Promise<void>;
}

export interface Trial extends Records {
  /** In words. */
  readonly what: string;
  /** Whether photos can bring their own options. */
  readonly takesOptions: boolean;
  readonly troubles: readonly Trouble[];
  /** Between one trouble and the next, from least to most. */
  readonly pauseMs: readonly [number, number];
  /** What the house answered. */
  readonly seen: Ledger;
  readonly notes: readonly string[];
  /** @returns the job's id */
  put(photo: PhotoCase, tenant: string): Promise<string>;
  /** Counts what is only known at the end. @returns what is wrong beyond the jobs themselves */
  finish(): Promise<readonly string[]>;
  close(): Promise<void>;
}

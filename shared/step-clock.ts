// How long each step of some work took, told by a clock that is passed in.

export interface StepClock {
  /** From now on time belongs to this step. */
  begin(step: string): void;
  /** Measures work that goes on beside the steps. */
  aside<Result>(step: string, work: () => Promise<Result>): Promise<Result>;
  /** Milliseconds by step, and `total`. */
  end(): Record<string, number>;
}

/** @param steps named in the result even when nothing was done in them, in this order */
export function createStepClock(clock: () => number, steps: readonly string[] = []): StepClock {
  // A machine's clock may be set back, and time that was spent is never less than nothing.
  let passed = 0;
  let last = clock();
  const now = (): number => {
    const at = clock();
    passed += Math.max(0, at - last);
    last = at;
    return passed;
  };
  const spent: Record<string, number> = Object.fromEntries(steps.map((step) => [step, 0]));
  const started = now();
  let since = started;
  let current: string | undefined;
  const add = (step: string, ms: number): void => {
    spent[step] = (spent[step] ?? 0) + ms;
  };
  const begin = (step: string | undefined): void => {
    const at = now();
    if (current) add(current, at - since);
    current = step;
    since = at;
  };
  return {
    begin,
    async aside(step, work) {
      const from = now();
      try {
        return await work();
      } finally {
        add(step, now() - from);
      }
    },
    end() {
      begin(undefined);
      const rounded = Object.entries(spent).map(([step, ms]) => [step, Math.round(ms)]);
      return { ...Object.fromEntries(rounded), total: Math.round(now() - started) };
    },
  };
}

// Measuring beside others: every contender once a round, in turns that reverse, so that drift hits all alike.
export type Task = () => Promise<unknown> | unknown;

/** One round for nothing first. @returns milliseconds by contender, a sample a round */
export async function interleave<Name extends string>(
  tasks: Readonly<Record<Name, Task>>,
  rounds: number,
  now: () => number = () => performance.now(),
): Promise<Record<Name, number[]>> {
  const names = Object.keys(tasks) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 ? names : names.toReversed()) {
      const began = now();
      await tasks[name]();
      if (round > 0) samples[name].push(now() - began);
    }
  }
  return samples;
}

// Measuring beside others: every contender once a round, in turns that reverse, so that drift hits all alike.
export type Task = () => Promise<unknown> | unknown;

/** Begins to measure; what it returns ends it. */
export type Meter<Sample> = () => () => Sample;

/** One round for nothing first. @returns milliseconds by contender, a sample a round */
export async function interleave<Name extends string>(
  tasks: Readonly<Record<Name, Task>>,
  rounds: number,
  now: () => number = () => performance.now(),
): Promise<Record<Name, number[]>> {
  return await inTurns(tasks, rounds, () => {
    const began = now();
    return () => now() - began;
  });
}

/** As `interleave`, with samples of any kind. */
export async function inTurns<Tasks extends Readonly<Record<string, Task | undefined>>, Sample>(
  tasks: Tasks,
  rounds: number,
  meter: Meter<Sample>,
): Promise<{ [Name in keyof Tasks]: Sample[] }> {
  const present = Object.entries(tasks).filter((entry): entry is [string, Task] => entry[1] !== undefined);
  const samples = Object.fromEntries(present.map(([name]) => [name, [] as Sample[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, task] of round % 2 ? present : present.toReversed()) {
      const end = meter();
      await task();
      if (round > 0) samples[name]!.push(end());
    }
  }
  return samples as { [Name in keyof Tasks]: Sample[] };
}

/** How long it took, and how long all threads of this process worked: a busy machine stretches the first far more. */
export interface Spent {
  readonly ms: number;
  readonly cpuMs: number;
}

export function startMeter(
  now: () => number = () => performance.now(),
  cpuUsage: () => NodeJS.CpuUsage = () => process.cpuUsage(),
): () => Spent {
  const began = now();
  const before = cpuUsage();
  return () => {
    const { user, system } = cpuUsage();
    return { ms: now() - began, cpuMs: (user - before.user + system - before.system) / 1000 };
  };
}

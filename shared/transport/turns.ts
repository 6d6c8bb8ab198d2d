// One after the other for each key, in the order of asking; different keys do not wait for each other.

export type InTurn = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;

export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = last.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    last.set(key, promise);
    try {
      await before;
      return await task();
    } finally {
      resolve();
      if (last.get(key) === promise) last.delete(key);
    }
  };
}

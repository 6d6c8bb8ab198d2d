// The largest resident set of this process while something runs. Memory belongs to a process, not to a model: what
// an earlier model left behind counts too.

export interface MemoryWatch {
  stop(): void;
  peakMb(): number;
}

const EVERY_MS = 10;

export function watchMemory(): MemoryWatch {
  let peak = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    stop() {
      look();
      clearInterval(timer);
    },
    peakMb: () => Math.round(peak / 1e6),
  };
}

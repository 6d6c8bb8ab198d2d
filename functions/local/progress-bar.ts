// A progress bar on stderr, only where somebody can see it move.
import { SingleBar } from 'cli-progress';

export interface ProgressBar {
  update(photo: number, name: string, step: string, fraction: number): void;
  stop(): void;
}

/** How far a photo is when a stage begins, and how much of it the stage is. */
const share: Record<string, readonly [number, number]> = {
  upscale: [0, 0.55],
  segment: [0.55, 0.25],
  effects: [0.8, 0.2],
};

export function createProgressBar(photos: number, visible: boolean): ProgressBar {
  if (!visible) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: '{bar} {percentage}%  {name}: {step}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  bar.start(photos, 0, { name: 'models', step: 'loading' });
  return {
    update(photo, name, step, fraction) {
      const [from, part] = share[step] ?? [0, 0];
      bar.update(photo + from + part * fraction, { name, step });
    },
    stop: () => bar.stop(),
  };
}

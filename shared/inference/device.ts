// Which device runs the models, with how many threads, and how large a tile it should be given.
import { availableParallelism, totalmem } from 'node:os';
import type { TileBudget } from '../stage.ts';

export const deviceNames = ['cpu', 'cuda', 'tensorrt'] as const;
export type DeviceName = (typeof deviceNames)[number];

/** An ordered wish: the first that works is taken. One name is strict. */
export interface DevicePreference {
  readonly devices: readonly DeviceName[];
  /** False for `auto`: ending on the CPU is then what was asked for and no reason to warn. */
  readonly warnOnFallback: boolean;
}

/** `auto`, or names joined by commas. Undefined when a name is unknown. */
export function parseDevice(text: string): DevicePreference | undefined {
  if (text === 'auto') return { devices: ['cuda', 'cpu'], warnOnFallback: false };
  const names = text.split(',').map((name) => name.trim());
  const known = names.filter((name): name is DeviceName => (deviceNames as readonly string[]).includes(name));
  return known.length === names.length ? { devices: known, warnOnFallback: true } : undefined;
}

export interface Machine {
  /** Cores that this process may use; inside a container the container's. */
  readonly cores: number;
  /** Share of the memory that is in use, 0–1; inside a container against its limit. */
  readonly memoryUsed: number;
  /** Memory of the GPU, or null where there is none or it cannot be told. */
  readonly gpuMemoryMb: number | null;
}

/** What this process may use at this moment. */
export function observeMachine(gpuMemoryMb: number | null): Machine {
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { cores: availableParallelism(), memoryUsed: 1 - process.availableMemory() / total, gpuMemoryMb };
}

/** Above this share of used memory tiles are made small. */
const MEMORY_IS_SHORT = 0.8;

/** Tile sizes by device and memory, as real-esrgan-api-optimizations.md of the brief lists them. */
export function tileBudget(device: DeviceName, machine: Machine): TileBudget {
  if (device !== 'cpu') {
    const gib = (machine.gpuMemoryMb ?? 0) / 1024;
    return { maxSide: gib >= 16 ? 1024 : gib >= 8 ? 768 : 512, fixedShapes: true };
  }
  if (machine.memoryUsed > MEMORY_IS_SHORT) return { maxSide: 256, fixedShapes: false };
  return { maxSide: machine.cores >= 16 ? 768 : machine.cores >= 8 ? 640 : 512, fixedShapes: false };
}

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
  /** Memory that is not in use; inside a container of its limit. */
  readonly memoryFreeMb: number;
  /** Memory of the GPU, or null where there is none or it cannot be told. */
  readonly gpuMemoryMb: number | null;
}

/** What this process may use at this moment. */
export function observeMachine(gpuMemoryMb: number | null): Machine {
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const free = process.availableMemory();
  return {
    cores: availableParallelism(),
    memoryUsed: 1 - free / total,
    memoryFreeMb: free / 2 ** 20,
    gpuMemoryMb,
  };
}

/** Above this share of used memory tiles are made small. */
const MEMORY_IS_SHORT = 0.8;

/** The largest tile for any CPU. */
const MOST_SIDE = 768;

/** Real-ESRGAN's RRDBNet takes up to 0.8 KB for a pixel of its output: a tile of 768² enlarged four times 7.6 GB. */
const GROWN_TILE_MB = 10_240;

/** With fewer, such a tile of that net comes near to the time that a run may take. */
const GROWN_TILE_CORES = 4;

/** Tile sizes by device and memory, as real-esrgan-api-optimizations.md of the brief lists them. */
export function tileBudget(device: DeviceName, machine: Machine): TileBudget {
  if (device !== 'cpu') {
    const gib = (machine.gpuMemoryMb ?? 0) / 1024;
    return { maxSide: gib >= 16 ? 1024 : gib >= 8 ? 768 : 512, fixedShapes: true };
  }
  const { cores } = machine;
  if (machine.memoryUsed > MEMORY_IS_SHORT) return { maxSide: 256, fixedShapes: false };
  const maxSide = cores >= 16 ? MOST_SIDE : cores >= 8 ? 640 : 512;
  const grows = cores >= GROWN_TILE_CORES && machine.memoryFreeMb >= GROWN_TILE_MB;
  return { maxSide, ...(grows && { mostSide: MOST_SIDE }), fixedShapes: false };
}

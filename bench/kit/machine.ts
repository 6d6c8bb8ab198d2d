// On what was measured: figures without it say nothing.
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { readGpuMemory } from '../../shared/inference/gpu-memory.ts';

export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gb: number;
  readonly gpu_memory_mb: number | null;
  readonly system: string;
  readonly node: string;
  readonly onnxruntime: string;
  /** What else ran, one minute before the end: over `cores` the machine was not quiet. */
  readonly load: number;
  readonly date: string;
}

export async function describeMachine(): Promise<MachineDescription> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory_gb: Math.round(totalmem() / 1e9),
    gpu_memory_mb: (await readGpuMemory())?.totalMb ?? null,
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    onnxruntime: createRequire(import.meta.url)('onnxruntime-node/package.json').version,
    load: Math.round(loadavg()[0]! * 10) / 10,
    date: new Date().toISOString().slice(0, 16),
  };
}

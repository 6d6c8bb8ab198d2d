// Memory of the GPU as nvidia-smi tells it; onnxruntime does not.
import { execFile } from 'node:child_process';

export interface GpuMemory {
  readonly freeMb: number;
  readonly totalMb: number;
}

const ANSWER_WITHIN_MS = 5_000;

/** Null where there is no nvidia-smi or it does not answer. */
export function readGpuMemory(command = 'nvidia-smi'): Promise<GpuMemory | null> {
  const query = ['--query-gpu=memory.free,memory.total', '--format=csv,noheader,nounits'];
  return new Promise((resolve) => {
    execFile(command, query, { timeout: ANSWER_WITHIN_MS }, (error, stdout) => {
      const [freeMb, totalMb] = stdout?.split('\n')[0]?.split(',').map(Number) ?? [];
      const read = !error && Number.isFinite(freeMb) && Number.isFinite(totalMb);
      resolve(read ? { freeMb: freeMb!, totalMb: totalMb! } : null);
    });
  });
}

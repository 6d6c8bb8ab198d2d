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
      // One line a GPU; "[N/A]" where a value is not known.
      const [, freeMb, totalMb] = /^\s*(\d+)\s*,\s*(\d+)\s*(?:\n|$)/.exec(stdout) ?? [];
      resolve(!error && freeMb && totalMb ? { freeMb: Number(freeMb), totalMb: Number(totalMb) } : null);
    });
  });
}

// onnxruntime's errors turned into ours, at this one place.
import { CutlineError } from '../errors.ts';
import type { GpuMemory } from './gpu-memory.ts';

// What CUDA, cuDNN, cuBLAS, TensorRT and onnxruntime's own arena say when memory is short.
const outOfMemory =
  /out ?of ?memory|failed to allocate|bad[_ ]?alloc|cudaErrorMemoryAllocation|CUDNN_STATUS_(ALLOC_FAILED|INTERNAL_ERROR_DEVICE_ALLOCATION)|CUBLAS_STATUS_ALLOC_FAILED|available memory of \d+ is smaller than requested/i;

/** Is this onnxruntime's way of saying that memory was short? */
export function isOutOfMemory(message: string): boolean {
  return outOfMemory.test(message);
}

const wantedBytes = /(?:requested bytes(?: of)?|requested size was|buffer of size)\s*:?\s*(\d+)/i;

/** A failed run. `memory` is what the device had left, where that can be told. */
export function runError(message: string, model: string, memory: GpuMemory | null): CutlineError {
  if (!isOutOfMemory(message))
    return new CutlineError('INFERENCE_ERROR', { message: `${model}: ${message}` });
  const wanted = wantedBytes.exec(message)?.[1];
  return new CutlineError('GPU_MEMORY_EXHAUSTED', {
    message: `${model}: ${message}`,
    fields: {
      gpu_memory_required_mb: wanted ? Math.ceil(Number(wanted) / 1024 / 1024) : null,
      gpu_memory_available_mb: memory?.freeMb ?? null,
      suggested_action: 'Retry in 30 seconds',
    },
  });
}

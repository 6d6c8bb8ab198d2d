import test from 'ava';
import { isOutOfMemory, runError } from './onnx-error.ts';

const arena =
  '/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*, bool, onnxruntime::WaitNotificationFn)';

// As found in the issues of onnxruntime and TensorRT.
const shortages: readonly { name: string; message: string; requiredMb: number | null }[] = [
  {
    name: 'the arena cannot grow',
    message: `Non-zero status code returned while running Conv node. Name:'/conv/Conv' Status Message: ${arena} Failed to allocate memory for requested buffer of size 4294967296`,
    requiredMb: 4096,
  },
  {
    name: 'the arena is limited',
    message: `Non-zero status code returned while running Mul node. Name:'Mul_1' Status Message: ${arena} Available memory of 1048576 is smaller than requested bytes of 67108865`,
    requiredMb: 65,
  },
  {
    name: 'cudaMalloc fails',
    message:
      'CUDA failure 2: out of memory ; GPU=0 ; hostname=gpu-7 ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_allocator.cc ; line=47 ; expr=cudaMalloc((void**)&p, size);',
    requiredMb: null,
  },
  {
    name: 'cuBLAS cannot allocate',
    message: 'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; hostname=gpu-7 ; file=cuda_common.cc',
    requiredMb: null,
  },
  {
    name: 'cuDNN cannot allocate',
    message: 'CUDNN failure 4003: CUDNN_STATUS_ALLOC_FAILED ; GPU=0 ; hostname=gpu-7 ; file=conv.cc',
    requiredMb: null,
  },
  {
    name: 'cuDNN 9 cannot allocate on the device',
    message: 'CUDNN failure 4002: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED ; GPU=0',
    requiredMb: null,
  },
  {
    name: 'TensorRT says how much it wanted',
    message:
      '[virtualMemoryBuffer.cpp::resizePhysical::154] Error Code 2: OutOfMemory (Requested size was 16581132288 bytes.)',
    requiredMb: 15813,
  },
  {
    name: 'TensorRT names the CUDA runtime',
    message: '[defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory)',
    requiredMb: null,
  },
  {
    name: 'the host has no memory left',
    message: 'Exception during run: std::bad_alloc',
    requiredMb: null,
  },
  {
    name: 'the host has no memory left, on Windows',
    message: 'Non-zero status code returned while running Resize node. Status Message: bad allocation',
    requiredMb: null,
  },
];

for (const { name, message, requiredMb } of shortages) {
  test(`It is GPU_MEMORY_EXHAUSTED when ${name}`, (t) => {
    t.true(isOutOfMemory(message));
    const error = runError(message, 'some-model', { freeMb: 512, totalMb: 23034 });
    t.is(error.code, 'GPU_MEMORY_EXHAUSTED');
    t.is(error.status, 503);
    t.is(error.fields.gpu_memory_required_mb, requiredMb);
    t.is(error.fields.gpu_memory_available_mb, 512);
  });
}

test('Available memory is null where it cannot be told', (t) => {
  t.is(runError('CUDA failure 2: out of memory', 'm', null).fields.gpu_memory_available_mb, null);
});

const others: readonly { name: string; message: string }[] = [
  { name: 'an input is missing', message: "input 'image' is missing in 'feeds'." },
  {
    name: 'a shape does not fit',
    message:
      'Got invalid dimensions for input: image for the following indices index: 3 Got: 4 Expected: 3 Please fix either the inputs/outputs or the model.',
  },
  {
    name: 'cuDNN fails',
    message: 'CUDNN failure 4000: CUDNN_STATUS_INTERNAL_ERROR ; GPU=0 ; hostname=gpu-7',
  },
  { name: 'the GPU was lost', message: 'CUDA failure 700: an illegal memory access was encountered ; GPU=0' },
  { name: 'the thread ended', message: 'the inference thread ended with code 134' },
];

for (const { name, message } of others) {
  test(`It is INFERENCE_ERROR when ${name}`, (t) => {
    t.false(isOutOfMemory(message));
    t.is(runError(message, 'some-model', null).code, 'INFERENCE_ERROR');
  });
}

for (const { name, message } of [...shortages, ...others]) {
  test(`The log has the model and the whole message and the public neither, when ${name}`, (t) => {
    const error = runError(message, 'some-model', { freeMb: 512, totalMb: 23034 });
    t.is(error.message, `some-model: ${message}`);
    const open = JSON.stringify([error.detail, error.fields]);
    for (const internal of ['some-model', 'onnxruntime', 'gpu-7', 'cc', 'node', 'failure', 'bad_alloc'])
      t.false(open.includes(internal), internal);
  });
}

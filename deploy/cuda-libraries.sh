#!/bin/sh
# Copies out of a CUDA image what onnxruntime's provider links, and what these libraries open by name while they run.
# Usage: cuda-libraries.sh PROVIDER FOLDER
set -eu
provider=$1
out=$2
mkdir -p "$out"

# cuDNN 9 is a door to seven parts that it opens by name, one of which compiles kernels with NVRTC. TensorRT, for
# DEVICE=tensorrt, is there only in images that bring it.
opened='libcudnn*.so.9 libnvrtc.so.12 libnvrtc-builtins.so.12* libnvinfer*.so.10 libnvonnxparser.so.10'

folders=$(find / -xdev \( -name 'libcudart.so.12' -o -name 'libcudnn.so.9' -o -name 'libnvinfer.so.10' \) -exec dirname {} \; | sort -u)
LD_LIBRARY_PATH=$(echo "$folders" | tr '\n' ':')$(dirname "$provider")
export LD_LIBRARY_PATH

# libcuda comes with the driver, on the machine that has the GPU.
missing=$(ldd "$provider" | awk '/not found/ && $1 != "libcuda.so.1" { print $1 }')
if [ -n "$missing" ]; then
  echo "Expected an image with CUDA 12 and cuDNN 9 but these are missing: $missing" >&2
  exit 1
fi

take() { [ -e "$out/$(basename "$1")" ] || cp -L "$1" "$out/"; }
for folder in $folders; do
  ldd "$provider" | awk -v folder="$folder/" 'index($3, folder) == 1 { print $3 }' | grep -E '/lib(cu|nv)' | while read -r file; do take "$file"; done
  for pattern in $opened; do
    find "$folder" -maxdepth 1 -name "$pattern" | while read -r file; do take "$file"; done
  done
done
ls -l "$out"

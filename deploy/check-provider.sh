#!/bin/sh
# Is it CUDA 12 that onnxruntime's provider was linked for? One for 13 would load nowhere on Cloud Run, and say so only
# there. Needs no GPU: ldd names the libraries whether they are here or not.
set -eu
provider=$1
linked=$(ldd "$provider")
for library in libcudart libcublas libcublasLt; do
  case $linked in
  *"$library.so.12 "*) ;;
  *)
    echo "Expected $provider to link $library.so.12 but ldd says:" >&2
    echo "$linked" >&2
    exit 1
    ;;
  esac
done
echo "$provider links CUDA 12"

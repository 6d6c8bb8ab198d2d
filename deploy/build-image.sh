#!/usr/bin/env bash
# One image of the deployment: built, pushed, its digest written down for Terraform. A step of cloudbuild.yaml, which sets
# the variables below.
# Usage: build-image.sh NAME FUNCTION TOPOLOGIES [MODELS]
set -euo pipefail
name=$1 function=$2 topologies=$3 models=${4:-}
: "${REGISTRY:?}" "${TOPOLOGY:?}" "${TAG:?}" "${PRECISION:?}"

target=cpu
for stage in $GPU_IMAGES; do [ "$stage" != "$name" ] || target=gpu; done

case " $topologies " in
*" $TOPOLOGY "*) ;;
*)
  echo "$name is no part of the topology $TOPOLOGY"
  exit 0
  ;;
esac

mkdir -p digests
# Provenance would make of the one manifest an index. Registries that keep images alone want the cache in an image's form.
docker buildx build . \
  --target "$target" \
  --build-arg "FUNCTION=$function" --build-arg "MODELS=$models" --build-arg "PRECISION=$PRECISION" \
  --cache-from "type=registry,ref=$REGISTRY/cache:$name" \
  --cache-to "type=registry,ref=$REGISTRY/cache:$name,mode=max,image-manifest=true,oci-mediatypes=true" \
  --tag "$REGISTRY/$name:$TAG" --provenance=false --push \
  --metadata-file "digests/$name.metadata"
digest=$(sed -n 's/.*"containerimage.digest": *"\(sha256:[0-9a-f]\{64\}\)".*/\1/p' "digests/$name.metadata")
if [ -z "$digest" ]; then
  echo "Expected a digest of $name from buildx but received none" >&2
  exit 1
fi
echo "$REGISTRY/$name@$digest" | tee "digests/$name"

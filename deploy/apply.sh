#!/bin/sh
# Terraform with the digests of the images that were just built. The last step of cloudbuild.yaml, which sets the variables
# below; its image has sh and terraform alone.
set -eu
: "${PROJECT:?}" "${REGION:?}" "${PREFIX:?}" "${TOPOLOGY:?}" "${STATE_BUCKET:?}" "${APPLY:?}"

# Kept with the build's artifacts, for an apply by hand and for going back.
{
  echo '{"images": {'
  comma=
  for file in digests/*; do
    case $file in *.metadata) continue ;; esac
    printf '%s  "%s": "%s"' "$comma" "$(basename "$file")" "$(cat "$file")"
    comma=',
'
  done
  printf '\n}}\n'
} >terraform/images.auto.tfvars.json
cat terraform/images.auto.tfvars.json
[ "$APPLY" = true ] || exit 0

cd terraform
terraform init -input=false -backend-config="bucket=$STATE_BUCKET"
terraform apply -input=false -auto-approve \
  -var "project=$PROJECT" -var "region=$REGION" -var "prefix=$PREFIX" -var "topology=$TOPOLOGY"

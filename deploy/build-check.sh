#!/usr/bin/env bash
# Builds the Dockerfile's cpu target for real, without Docker, and starts what it is for: every function, and npm run serve as
# compose.yaml does. The base images are stand-ins: Debian by debootstrap with this machine's Node. As root, with Debian's
# buildah and debootstrap (apt-get install buildah debootstrap); two minutes, three gigabytes for a while.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
image=localhost/cutline:check
base=localhost/node:stand-in
# Debian is fetched once.
kept=$PWD/.cache/build-check.tar

for tool in buildah debootstrap; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: the image's build. $tool is not installed."; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "SKIPPED: the image's build. It needs root."; exit 0; }
work=$(mktemp -d /var/tmp/cutline-build-check-XXXXXX)
log=$work/log

run_buildah() {
  buildah --root "$work/storage" --runroot "$work/run" --storage-driver "${STORAGE_DRIVER:-overlay}" "$@"
}
fail() {
  echo "$1" >&2
  exit 1
}
clear_up() {
  local status=$?
  [ "$status" = 0 ] || tail -n 40 "$log" >&2
  run_buildah rm --all >>"$log" 2>&1 || true
  # Its own mount would outlive it.
  umount --lazy "$work/storage/overlay" 2>/dev/null || true
  rm -rf "$work"
}
trap clear_up EXIT
now() { date +%s; }

make_base() {
  local root=$work/debian npm
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$root" >>"$log" 2>&1
  # Where a proxy signs what comes from the network, its certificate is in this machine's bundle.
  local bundle=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  [ ! -f "$bundle" ] || cp -L "$bundle" "$root/etc/ssl/certs/ca-certificates.crt"
  cp "$(node -p process.execPath)" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -RL "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  chroot "$root" useradd --uid 1000 --user-group --create-home node
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
  mkdir -p "$(dirname "$kept")"
  tar --create --file "$kept.part" --directory "$root" .
  mv "$kept.part" "$kept"
  rm -rf "$root"
}

began=$(now)
[ -f "$kept" ] || make_base
container=$(run_buildah from scratch)
run_buildah add "$container" "$kept" / >>"$log" 2>&1
run_buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
run_buildah commit --rm --quiet "$container" "$base" >>"$log"
echo "base     $(($(now) - began)) s"

began=$(now)
run_buildah build --isolation chroot --layers --target cpu --tag "$image" \
  --build-arg "NODE_IMAGE=$base" --build-arg "PYTHON_IMAGE=$base" . >>"$log" 2>&1 || fail "The cpu target could not be built."
echo "build    $(($(now) - began)) s"

container=$(run_buildah from "$image")
inside() { run_buildah run --isolation chroot "$container" -- "$@"; }
[ "$(inside id -un)" = node ] || fail "Expected the image's user to be node."
left=$(inside find /app -not -path '*/node_modules/*' \( -name '*.test.ts' -o -name testdata -o -name '*.py' -o -path '*/samples/*' \))
[ -z "$left" ] || fail "Expected neither tests nor samples in the image but found: $left"
inside test -f functions/storefront/page/dist/cutline-studio.js || fail "Expected the page's script in the image."

# As image and platform start it: CMD and environment of the image, PORT and the settings of a deployment.
environment=(PORT UPLOADS_BUCKET=uploads-of-a-check RESULTS_BUCKET=results-of-a-check GOOGLE_CLOUD_PROJECT=a-check
  UPSCALE_URL=http://127.0.0.1:9 SEGMENT_URL=http://127.0.0.1:9 EFFECTS_URL=http://127.0.0.1:9
  TOKEN_SECRET=0123456789abcdef0123456789abcdef PUSH_SERVICE_ACCOUNT=push@a-check.iam.gserviceaccount.com
  METADATA_SERVER_DETECTION=none)
command=$(run_buildah inspect --type image --format '{{range .OCIv1.Config.Cmd}}{{.}} {{end}}' "$image")

# start_and_ask NAME PATH COMMAND…: until it answers 200, then SIGTERM, which has to end it with 0.
start_and_ask() {
  local name=$1 path=$2 port began server status=0
  shift 2
  port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
  began=$(date +%s%N)
  local settings=()
  for setting in "${environment[@]}" ${name:+FUNCTION_SOURCE=functions/$name/index.ts FUNCTION_TARGET=$name}; do
    [ "$setting" != PORT ] || setting=PORT=$port
    settings+=(--env "$setting")
  done
  run_buildah run --isolation chroot "${settings[@]}" "$container" -- "$@" >>"$log" 2>&1 &
  server=$!
  node -e "
    const late = Date.now() + 60_000;
    for (;;) {
      const answer = await fetch('http://127.0.0.1:$port$path').catch(() => undefined);
      if (answer?.status === 200) break;
      if (Date.now() > late) { console.error('Expected 200 from $path but received ' + (answer?.status ?? 'nothing')); process.exit(1); }
      await new Promise((done) => setTimeout(done, 20));
    }" --input-type=module || fail "${name:-serve} did not become ready."
  printf '%-10s %s answered 200 after %d ms' "${name:-serve}" "$path" $((($(date +%s%N) - began) / 1000000))
  # Buildah passes no signals on: the product is the first node below it.
  local product=$server
  while [ "$(basename "$(readlink "/proc/$product/exe")")" != node ]; do product=$(pgrep -P "$product" | head -n 1); done
  kill -TERM "$product"
  wait "$server" || status=$?
  [ "$status" = 0 ] || fail "Expected ${name:-serve} to end with 0 at SIGTERM but received $status."
  echo ', ended with 0'
}
for name in upscale segment effects ingest warmup storefront; do start_and_ask "$name" /startup $command; done
start_and_ask '' /api/background-removal/health node functions/local/serve.ts

echo 'size     MB'
inside sh -c 'cd / && du -sm --apparent-size app/node_modules app/node_modules/onnxruntime-node app/models app/functions app/shared app/.compiled usr/local' | awk '{ printf "%-40s %5d\n", $2, $1 }'
printf '%-40s %s\n' 'in all, with the stand-in base' "$(run_buildah images --format '{{.Size}}' "$image")"

#!/usr/bin/env bash
# npm run smoke against npm run serve: the check of a deployment, where there is none.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
data=$(mktemp -d)
port=$(node -p "const s = require('node:net').createServer().listen(0); const { port } = s.address(); s.close(); port")
PORT=$port LOG_FORMAT=json node functions/local/serve.ts --data "$data" >"$data/log" &
serving=$!
# Without its parent the process that serves ends by itself, and writes there until it has.
trap 'kill -KILL "$serving" 2>/dev/null || true; sleep 1; rm -rf "$data"' EXIT

until node -e "fetch('http://127.0.0.1:$port/startup').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"; do
  kill -0 "$serving" 2>/dev/null || { cat "$data/log" >&2; exit 1; }
  sleep 1
done
npm run --silent smoke -- --url "http://127.0.0.1:$port"
kill -TERM "$serving"
wait "$serving"

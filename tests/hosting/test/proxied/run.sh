#!/usr/bin/env bash
# Runs the tests behind nginx and HAProxy. They need both, a Redis for several servers, and Linux.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Debian keeps them where only root looks by default.
export PATH="$PATH:/usr/sbin"
for program in nginx haproxy redis-server; do
  if ! command -v "$program" > /dev/null; then
    echo "$program is missing. Install all with: apt-get install nginx haproxy redis-server" >&2
    exit 1
  fi
done
nginx -v
haproxy -v | sed -n 1p
exec vitest run --testTimeout=30000 --reporter=verbose test/proxied

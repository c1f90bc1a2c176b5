#!/usr/bin/env bash
# Runs the tests behind nginx and HAProxy. They need both, and Linux.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Debian keeps them where only root looks by default.
export PATH="$PATH:/usr/sbin"
for program in nginx haproxy; do
  if ! command -v "$program" > /dev/null; then
    echo "$program is missing. Install both with: apt-get install nginx haproxy" >&2
    exit 1
  fi
done
nginx -v
haproxy -v | sed -n 1p
exec vitest run --testTimeout=30000 --reporter=verbose test/proxied

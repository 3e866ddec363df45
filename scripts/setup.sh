#!/bin/sh
# Makes a fresh checkout ready to run: npm packages, the native build tools, a recent enough Node, the build. Says one
# line for each step that has something to do and nothing else; a second run takes a second or two. Everything goes to
# standard error, because the standard output of `npm start` belongs to alerts.
set -eu

node_version=26.10.0 # what is put into the checkout where the machine's Node is older than $node_minimum
node_minimum=24

cd "$(dirname "$0")/.."
root=$(pwd)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { echo "tercel: $*" >&2; }

fail() { # EXIT_CODE MESSAGE…
  code=$1
  shift
  say "$*"
  exit "$code"
}

# Runs a command; shows what it printed only when it fails.
quietly() { # WHAT COMMAND…
  what=$1
  shift
  say "$what…"
  if "$@" >"$log" 2>&1; then return; fi
  tail -n 200 "$log" >&2
  fail 1 "$what failed; the lines above say why"
}

# npm runs on the machine's own Node: the pinned one lies in the folder that `npm ci` removes.
machine_path=$(printf %s "$PATH" | tr : '\n' | grep -Fvx "$root/node_modules/.bin" | tr '\n' :)
machine_path=${machine_path%:}
npm_quietly() { # WHAT ARGUMENTS…
  what=$1
  shift
  quietly "$what" env PATH="$machine_path" npm "$@" --no-audit --no-fund --loglevel=error
}

PATH=$root/node_modules/.bin:$machine_path:/usr/sbin:/sbin # Debian keeps bpftool in /usr/sbin
export PATH

npm_packages() {
  installed=node_modules/.package-lock.json # npm writes it last
  if [ -f "$installed" ] && [ -z "$(find package-lock.json -newer "$installed")" ]; then return; fi
  env PATH="$machine_path" npm --version >/dev/null 2>&1 ||
    fail 78 "npm is missing: install Node $node_minimum or newer (on Debian, 'apt-get install nodejs npm' will do: tercel then fetches a newer Node for itself)"
  npm_quietly "installing npm packages" ci
}

node_is_recent() {
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) && [ "$major" -ge "$node_minimum" ]
}

recent_node() {
  if node_is_recent; then return; fi
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail 78 "Node $node_minimum or newer is needed; there is none to fetch for $(uname -m)" ;;
  esac
  npm_quietly "installing Node $node_version into the checkout" install --no-save "node-linux-$arch@$node_version"
  node_is_recent || fail 78 "Node $node_version does not run on this machine; install Node $node_minimum or newer"
}

has_headers() {
  printf '#include <%s>\n' bpf/libbpf.h libelf.h zlib.h linux/bpf.h | clang -fsyntax-only -x c - 2>/dev/null
}

missing_packages() { # Debian's names
  command -v clang >/dev/null || echo clang
  command -v make >/dev/null || echo make
  command -v bpftool >/dev/null || echo bpftool
  if ! command -v clang >/dev/null || ! has_headers; then echo libbpf-dev libelf-dev zlib1g-dev libc6-dev; fi
  # The pinned Node is linked against it, and a small Debian does not have it.
  if ! node_is_recent && ! ldconfig -p | grep -q 'libatomic\.so\.1'; then echo libatomic1; fi
}

system_packages() {
  missing=$(missing_packages | tr '\n' ' ')
  missing=${missing% }
  if [ -z "$missing" ]; then return; fi
  command -v apt-get >/dev/null ||
    fail 78 "what these packages of Debian hold is missing: $missing. Install what your system has for them"
  [ "$(id -u)" = 0 ] ||
    fail 78 "packages are missing; type: sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
  apt="env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300"
  # shellcheck disable=SC2086 # both are several words on purpose
  quietly "updating the package lists" $apt update
  # shellcheck disable=SC2086
  quietly "installing $missing" $apt install --no-install-recommends $missing
  missing=$(missing_packages | tr '\n' ' ')
  [ -z "$missing" ] || fail 78 "still missing after the installation: $missing"
}

# Both compile only what changed. Their errors are worth seeing as they are.
build() {
  tsc || fail 1 "the TypeScript build failed"
  make --silent --no-print-directory -C collector/reader >"$log" 2>&1 || {
    cat "$log" >&2
    fail 1 "the build of the reader failed"
  }
}

npm_packages
system_packages
recent_node
if [ ! -e dist/src/main.js ]; then say "building…"; fi
build >&2

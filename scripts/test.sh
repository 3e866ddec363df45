#!/bin/sh
# Runs the tests: all of them, or the files and folders that are named. Options go to `node --test`.
#   npm test -- test/rules --test-name-pattern='a list'
set -eu

cd "$(dirname "$0")/.."
sh scripts/setup.sh
PATH=$(pwd)/node_modules/.bin:$PATH
export PATH

named=no
for argument do
  shift
  case $argument in -*) ;; *) named=yes ;; esac
  if [ -d "$argument" ]; then argument="${argument%/}/**/*.test.ts"; fi
  set -- "$@" "$argument"
done
if [ $named = no ]; then set -- "$@" 'test/**/*.test.ts'; fi

exec node --disable-warning=ExperimentalWarning --test --test-timeout=300000 "$@"

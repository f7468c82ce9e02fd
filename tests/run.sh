#!/bin/sh
# Builds the tools and runs all tests, on a bare machine too: sh tests/run.sh [MAKE ARGUMENT]...
set -eu
cd "$(dirname "$0")/.."
sh examples/setup.sh test
exec make -j "$(nproc)" check "$@"

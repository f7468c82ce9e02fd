#!/usr/bin/env bash
# gcc's static analysis: tests/static.sh [FILE.c]... of libcore and tools, or of these files. make lint has clang's, which scan-build
# runs, too. Prints each finding with its path through the code; exits 1 if there was one.
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C

read -ra flags < <(pkg-config --cflags openblas libtiff-4 libpng libjpeg zlib)
flags+=(-std=gnu11 -Ilibcore -pthread -D_GNU_SOURCE '-DAML_VERSION="0"' '-DBLAS_SONAME="0"')
# simd.c is compiled only with the macros of an instruction set
sources=("$@")
[ $# -gt 0 ] || mapfile -t sources < <(printf '%s\n' libcore/*/*.c tools/*.c | grep -v 'kernels/simd\.c')

found=$(printf '%s\0' "${sources[@]}" | xargs -0 -P "$(nproc)" -n 1 gcc -O1 -fanalyzer -c -o /dev/null "${flags[@]}" 2>&1)
status=$?
[ -z "$found" ] || printf '%s\n' "$found"
printf '%d files: %d findings\n' ${#sources[@]} "$(grep -c 'warning:' <<<"$found")"
[ -z "$found" ] && [ "$status" -eq 0 ]

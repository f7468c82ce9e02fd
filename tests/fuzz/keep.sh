#!/usr/bin/env bash
# Keeps what make fuzz learned: keep.sh BUILD [NAME]...
# Of BUILD/corpus/NAME those inputs join tests/fuzz/corpus/NAME, as found-..., that reach edges which
# nothing there reaches, the small ones first and BUDGET bytes at most; then the edges of all are
# recorded in tests/fuzz/edges.
set -eu
build=$1
shift
BUDGET=40000    # every clone has all of this; the first inputs bring most of the edges
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source-path=SCRIPTDIR/../..
. tests/fuzz/target.sh

# keep NAME
keep() {
	local name=$1 kept=$scratch/$1 file size sum=0
	cp -r "tests/fuzz/corpus/$name" "$kept"
	"$build/fuzz/fuzz_$name" "${options[@]}" -merge=1 -use_counters=0 "$kept" "$build/corpus/$name" >"$scratch/log" 2>&1
	find "$kept" -type f -printf '%s\t%f\n' | sort -n | while read -r size file; do
		[ ! -e "tests/fuzz/corpus/$name/$file" ] || continue
		sum=$((sum + size))
		[ $sum -gt $BUDGET ] || cp "$kept/$file" "tests/fuzz/corpus/$name/found-${file:0:10}"
	done
}

[ $# -gt 0 ] || mapfile -t all < <(targets)
for name in "${@:-${all[@]}}"; do
	[ ! -d "$build/corpus/$name" ] || keep "$name"
done
{
	echo "# target, edges that its corpus reaches: $(clang --version | head -n 1)"
	for name in $(targets); do
		printf '%s\t%s\n' "$name" "$(edges "$build" "$name")"
	done
} >"$scratch/edges"
cp "$scratch/edges" tests/fuzz/edges

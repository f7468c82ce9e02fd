#!/usr/bin/env bash
# Each target of a CONF=fuzz build under libFuzzer: run.sh BUILD SECONDS
# What it learns stays in BUILD/corpus; an input that crashes lands in BUILD/findings.
set -eu
build=$1 seconds=$2
mkdir -p "$build/findings"

for source in tests/fuzz/fuzz_*.c; do
	name=${source#tests/fuzz/fuzz_} name=${name%.c}
	learnt=$build/corpus/$name
	seeds=tests/fuzz/corpus/$name
	mkdir -p "$learnt"
	[ -d "$seeds" ] || seeds=
	echo "fuzz: $name, $seconds s"
	"$build/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix="$build/findings/$name-" "$learnt" ${seeds:+"$seeds"}
done

#!/usr/bin/env bash
# Lines of libcore that the last run of a CONF=cov build executed: coverage.sh BUILD FLOOR
# simd.c is compiled once for each instruction set; the one that ran most of it counts. What an older build left of
# sources that are gone does not count.
set -eu
build=$1 floor=$2
report=$build/coverage.txt

find "$build/libcore" -name '*.gcno' -exec gcov -n {} + 2>/dev/null |
	awk -F "[':%]" -v floor="$floor" '
	function exists(path,    line, got) {
		got = (getline line <path)
		close(path)
		return got >= 0
	}
	/^File/ { file = $2; next }
	/^Lines executed/ && file ~ /^libcore\/.*\.c$/ && exists(file) {
		split($0, word, / of /)
		lines[file] = word[2]
		if ($2 > percent[file] || !(file in percent))
			percent[file] = $2
	}
	{ file = "" }
	END {
		for (f in lines) {
			printf "%6.1f %%  %5d lines  %s\n", percent[f], lines[f], f | "sort -k 5"
			all += lines[f]
			run += lines[f] * percent[f] / 100
		}
		close("sort -k 5")
		printf "%6.1f %%  %5d lines  libcore\n", all ? 100 * run / all : 0, all
		exit !all || 100 * run / all < floor
	}' >"$report" || status=$?
cat "$report"
[ "${status:-0}" -eq 0 ] || {
	echo "coverage: libcore lies under $floor %" >&2
	exit 1
}

# shellcheck shell=bash
# What the scripts that run targets have in common.
options=(-timeout=20 -rss_limit_mb=2048 -reload=0)

# targets: their names
targets() {
	local source
	for source in tests/fuzz/fuzz_*.c; do
		source=${source#tests/fuzz/fuzz_}
		echo "${source%.c}"
	done
}

# told LOG WORD: the edges ("cov: N") in the line of libFuzzer's log that has WORD
told() {
	sed -nE "s/^#[0-9]+[[:space:]]+$2 +cov: ([0-9]+).*/\1/p" "$1" | tail -n 1
}

# executions LOG
executions() {
	sed -nE 's/^Done ([0-9]+) runs.*/\1/p' "$1"
}

# edges BUILD NAME: those that its committed corpus reaches
edges() {
	local log
	log=$(mktemp)
	"$1/fuzz/fuzz_$2" "${options[@]}" -runs=0 "tests/fuzz/corpus/$2" >"$log" 2>&1
	told "$log" DONE
	rm "$log"
}

#!/usr/bin/env bash
# Every target for its share of SECONDS on all processors, from the committed corpus: ci.sh BUILD SECONDS
# Prints target, executions, edges at the beginning and at the end, edges recorded (tests/fuzz/edges).
# Fails if an input is a finding, or if a corpus no longer reaches LEAST percent of what is recorded:
# a change made readers refuse what they should look into. Not all, as compilers count edges differently.
set -eu
build=$1 total=$2
jobs=$(nproc)
LEAST=90
findings=$build/findings
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source-path=SCRIPTDIR/../..
. tests/fuzz/target.sh
mkdir -p "$findings"

# run_target NAME SECONDS: leaves a line of the table, and WHY where something is wrong
run_target() {
	local name=$1 log=$scratch/$1.log status=0 first recorded
	mkdir "$scratch/$name"
	"$build/fuzz/fuzz_$name" "${options[@]}" -max_total_time="$2" -artifact_prefix="$findings/$name-" \
		"$scratch/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1 || status=$?
	first=$(told "$log" INITED)
	recorded=$(awk -F '\t' -v name="$name" '$1 == name { print $2 }' tests/fuzz/edges)
	printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$(executions "$log")" "$first" "$(told "$log" DONE)" "$recorded" >"$scratch/$name.row"
	if [ "$status" -ne 0 ]; then
		grep -E 'ERROR|SUMMARY|Test unit written' "$log" || tail -n 5 "$log"
	elif [ -z "$recorded" ]; then
		echo "no edges recorded: make fuzz-keep"
	elif [ $((100 * first)) -lt $((LEAST * recorded)) ]; then
		echo "its corpus reaches $first edges, $recorded were recorded"
	fi >"$scratch/$name.wrong"
}

mapfile -t names < <(targets)
seconds=$((total * jobs / ${#names[@]}))
for name in "${names[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
		wait -n || :
	done
	run_target "$name" $((seconds > 0 ? seconds : 1)) &
done
wait
printf 'target\texecutions\tedges\tafter\trecorded\n'
cat "$scratch"/*.row
wrong=$(cd "$scratch" && grep -H . ./*.wrong | sed 's,^\./\([a-z_0-9]*\)\.wrong:,fuzz-ci: \1: ,')
[ -z "$wrong" ] || {
	echo "$wrong"
	exit 1
}

#!/usr/bin/env bash
# Evaluates the last model on each client's dataset; submitted by federate.sh: table.sh WORK ROUND REPORTER
# REPORTER is federation-report.sh, which is beside this script only until Slurm takes a copy of it.
#SBATCH --ntasks=1
set -euo pipefail
work=$1 round=$2 reporter=$3
model=$work/$round/global.npz

# value KEY: the number under it in the report, if there is one
value() { sed -n "s/^ *\"$1\": \([^,]*\),*/\1/p" "$work/report.json"; }

{
	printf 'dataset\timages\taccuracy\ttest_accuracy\n'
	while IFS= read -r dataset; do
		aml-eval -q --json -d "$dataset" "$model" >"$work/report.json"
		printf '%s\t%s\t%s\t%s\n' "$dataset" "$(value images)" "$(value accuracy)" "$(value test_accuracy)"
	done <"$work/datasets"
} >"$work/table.tsv.new"
rm -f "$work/report.json"
mv "$work/table.tsv.new" "$work/table.tsv"
echo "model of round $round, $model:"
cat "$work/table.tsv"

# Counts on the images that were not trained with, and what they say of all clients together
mkdir -p "$work/shared"
tables=() without=() client=0
while IFS= read -r dataset; do
	table=$work/shared/client$client.tsv
	client=$((client + 1))
	if aml-eval -q --split valid -d "$dataset" -p - "$model" /dev/null | aml-score --share -o "$table" -; then
		name=${dataset##*/}
		tables+=("${name//=/-}=$table")
	else
		without+=("$dataset")
	fi
done <"$work/datasets"
{
	[ ${#without[@]} -eq 0 ] || printf 'not in this report, see log/table.txt: %s\n' "${without[@]}"
	[ ${#tables[@]} -eq 0 ] || sh "$reporter" "${tables[@]}"
} >"$work/report.txt"

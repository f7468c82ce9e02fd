#!/bin/sh
# Do the 95 % intervals of aml-score hold in 95 of 100 samples?   coverage.sh NEW-FOLDER
# Needs no images: populations are drawn. runs.tsv: classes, balance (0 equal, 1 one class of 1 %, 2 geometric), images of a sample, figure,
# share of samples whose interval held the truth, samples, samples without the figure.
set -eu
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
-*) echo "coverage.sh: unknown option $1; try --help" >&2; exit 2 ;;
esac
: "${SAMPLES:=2000}" "${SIZES:=30 100 300 1000 3000}" "${CLASSES:=2 5 15}" "${BALANCES:=balanced rare geometric}"
[ $# -eq 1 ] || { echo 'usage: coverage.sh NEW-FOLDER' >&2; exit 2; }
cd "$(dirname "$0")/../.."
make -s build/release/experiments/coverage
coverage=$PWD/build/release/experiments/coverage
mkdir "$1"
cd "$1"
for classes in $CLASSES; do
	for balance in $BALANCES; do
		for size in $SIZES; do
			"$coverage" -c "$classes" -b "$balance" -n "$size" -m "$SAMPLES" >>runs.tsv
		done
	done
done
printf 'figure\tcells\tlowest\tmean\thighest\twithin .93 to .97\n'
awk -F '\t' '$6 >= 1000 {
	if (!($4 in n)) { name[++names] = $4; low[$4] = 1 }
	n[$4]++; sum[$4] += $5; good[$4] += $5 >= .93 && $5 <= .97
	if ($5 < low[$4]) low[$4] = $5
	if ($5 > high[$4]) high[$4] = $5
} END {
	for (i = 1; i <= names; i++) {
		f = name[i]
		printf "%s\t%d\t%.3f\t%.3f\t%.3f\t%d\n", f, n[f], low[f], sum[f] / n[f], high[f], good[f]
	}
}' runs.tsv | tee table.tsv

#!/bin/sh
# Is the mean of sums of sums that of all models at once, and what does either cost?   tree.sh NEW-FOLDER
# CLIENTS models with different weights, averaged at once and in groups of GROUP (aml-fedavg --partial), for an eighth to all of them; with
# mean, --bn pool and --clip NORM. Prints processor seconds and memory of each, and of the first group; exit 1 if a byte differs.
: "${SIZE:=16}"
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${CLIENTS:=1000}" "${GROUP:=40}"

# weights FIRST LAST: of these models, from 1 to 97
weights() { seq "$1" "$2" | awk '{ printf "%s%d", (NR > 1 ? "," : ""), $1 * 31 % 97 + 1 }'; }
# models FIRST LAST: their names
models() { seq -f models/%g.npz "$1" "$2"; }
mkdir models
aml-init --size "$SIZE" -s 0 parent.npz
for k in $(seq "$CLIENTS"); do
	aml-init --size "$SIZE" -s "$k" other.npz
	aml-delta -p parent.npz other.npz small.npz             # restored, it is a child of the parent
	aml-delta -x -p parent.npz small.npz "models/$k.npz"
done
for part in 8 4 2 1; do
	n=$((CLIENTS / part))
	for options in "" "--bn pool" "--previous parent.npz --clip 3"; do
		name=${options:-mean}
		# shellcheck disable=SC2046,SC2086 # lists of words
		measure -o table.tsv -- "at once, $name" $n aml-fedavg -q $options -w "$(weights 1 $n)" -o flat.npz $(models 1 $n)
		rm -f sums.*.npz
		first=1 log=table.tsv
		while [ $first -le $n ]; do
			last=$((first + GROUP - 1 < n ? first + GROUP - 1 : n))
			# shellcheck disable=SC2046,SC2086 # lists of words
			measure -o $log -- "a group, $name" $n aml-fedavg -q $options --partial -w "$(weights $first $last)" -o sums.$first.npz \
				$(models $first $last)
			first=$((last + 1)) log=/dev/null
		done
		# shellcheck disable=SC2086 # a list of words
		measure -o table.tsv -- "sums, $name" $n aml-fedavg -q $options -o tree.npz sums.*.npz
		cmp flat.npz tree.npz
	done
done
printf 'job\tclients\tprocessor s\town memory, MiB\n'
sort -t "$(printf '\t')" -k 1,1 -k 2,2n table.tsv | cut -f 1,2,5,6

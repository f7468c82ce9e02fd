#!/bin/sh
# One of five clients sends poisoned weights: what do mean, median and trimmed mean make of it?   poison.sh NEW-FOLDER
# The fifth client turns its update round (flip) or sends it twenty times as large (scale). runs.tsv: attack, rule, seed, accuracy.
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3}" "${ROUNDS:=8}"

# rounds ATTACK RULE: with ATTACK as factor of the fifth client's update
rounds() {
	cp init.npz model.npz
	for r in $(seq 1 "$ROUNDS"); do
		for c in 0 1 2 3 4; do
			train clinics/partition$c -s $((1000 * seed + r)) model.npz client$c.npz
		done
		[ "$1" = 1 ] || { poison -- "$1" model.npz client4.npz poisoned.npz && mv poisoned.npz client4.npz; }
		aml-fedavg -q -m "$2" -o next.npz client?.npz
		mv next.npz model.npz
	done
	exact model.npz scored.npz clinics/partition0 clinics/partition1 clinics/partition2 clinics/partition3
	printf '%s\t%s\t%d\t%s\n' "$1" "$2" "$seed" "$(score scored.npz)" >>runs.tsv
}

prepare
for seed in $SEEDS; do
	rm -rf clinics
	share clinics 5 iid "$seed"
	aml-init -s "$seed" init.npz
	for attack in 1 -5 20; do
		for rule in mean median trimmed:1; do
			rounds $attack $rule
		done
	done
done
cut -f 1,2,4 runs.tsv | summary 2 >table.tsv
printf 'factor of the update\trule\truns\tmean\tspread\n'
cat table.tsv

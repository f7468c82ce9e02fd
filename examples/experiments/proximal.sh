#!/bin/sh
# Does FedProx help if the data of the clinics differ?   proximal.sh NEW-FOLDER
# Three clinics, three local epochs in each round. runs.tsv: scheme, mu, seed, accuracy after the last round.
: "${SIZE:=48}"
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3 4 5}" "${ROUNDS:=6}" "${MUS:=0 0.01 0.1 1}" "${SCHEMES:=dirichlet:0.5 dirichlet:0.1}"

# rounds MU
rounds() {
	cp init.npz model.npz
	for r in $(seq 1 "$ROUNDS"); do
		for c in 0 1 2; do
			train clinics/partition$c -e 3 -s $((1000 * seed + r)) --proximal "$1" model.npz client$c.npz
		done
		aml-fedavg -q -o model.npz client0.npz client1.npz client2.npz
	done
	exact model.npz scored.npz clinics/partition0 clinics/partition1 clinics/partition2
	printf '%s\t%s\t%d\t%s\n' "$scheme" "$1" "$seed" "$(score scored.npz)" >>runs.tsv
}

prepare
for scheme in $SCHEMES; do
	for seed in $SEEDS; do
		rm -rf clinics
		share clinics 3 "$scheme" "$seed"
		init "$seed"
		for mu in $MUS; do
			rounds "$mu"
		done
	done
done
compare 2 0 <runs.tsv >table.tsv
printf 'scheme\tmu\truns\tmean\tspread\tgain\terror\n'
cat table.tsv

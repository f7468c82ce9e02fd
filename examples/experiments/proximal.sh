#!/bin/sh
# Does FedProx's pull towards the global model help when clinics are unlike?   proximal.sh NEW-FOLDER
# Three clinics, dirichlet:0.5, three local epochs a round. runs.tsv: mu, seed, accuracy after the last round.
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3}" "${ROUNDS:=6}" "${MUS:=0 0.001 0.01 0.1}"

prepare
for seed in $SEEDS; do
	rm -rf clinics
	share clinics 3 dirichlet:0.5 "$seed"
	aml-init -s "$seed" init.npz
	for mu in $MUS; do
		cp init.npz model.npz
		for r in $(seq 1 "$ROUNDS"); do
			for c in 0 1 2; do
				train clinics/partition$c -e 3 -s $((1000 * seed + r)) --proximal "$mu" model.npz client$c.npz
			done
			aml-fedavg -q -o model.npz client0.npz client1.npz client2.npz
		done
		exact model.npz scored.npz clinics/partition0 clinics/partition1 clinics/partition2
		printf '%s\t%d\t%s\n' "$mu" "$seed" "$(score scored.npz)" >>runs.tsv
	done
done
cut -f 1,3 runs.tsv | summary 1 >table.tsv
printf 'mu\truns\tmean\tspread\n'
cat table.tsv

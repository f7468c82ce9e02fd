#!/bin/sh
# Which rule for batch norm's statistics is best after how many rounds?   norm.sh NEW-FOLDER
# The rules differ in inference only, so that one federation serves them all: running statistics averaged (FEDn) or pooled, exact ones
# of each clinic's own model averaged or pooled, exact ones of the global model pooled. runs.tsv: scheme, rule, round, seed, accuracy.
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3}" "${ROUNDS:=12}" "${SCHEMES:=iid dirichlet:0.5}"

note() {
	printf '%s\t%s\t%d\t%d\t%s\n' "$scheme" "$1" "$r" "$seed" "$(score "$2")" >>runs.tsv
}

rounds() {
	cp init.npz model.npz
	for r in $(seq 1 "$ROUNDS"); do
		for c in 0 1 2; do
			train clinics/partition$c -s $((1000 * seed + r)) model.npz client$c.npz
			train clinics/partition$c -e 0 --bn exact client$c.npz own$c.npz
		done
		aml-fedavg -q -o model.npz client0.npz client1.npz client2.npz
		note "running, averaged" model.npz
		aml-fedavg -q --bn pool -o other.npz client0.npz client1.npz client2.npz
		note "running, pooled" other.npz
		aml-fedavg -q -o other.npz own0.npz own1.npz own2.npz
		note "exact at the clinic, averaged" other.npz
		aml-fedavg -q --bn pool -o other.npz own0.npz own1.npz own2.npz
		note "exact at the clinic, pooled" other.npz
		exact model.npz other.npz clinics/partition0 clinics/partition1 clinics/partition2
		note "exact of the global model, pooled" other.npz
	done
}

prepare
for scheme in $SCHEMES; do
	for seed in $SEEDS; do
		rm -rf clinics
		share clinics 3 "$scheme" "$seed"
		aml-init -s "$seed" init.npz
		rounds
	done
done
cut -f 1,2,3,5 runs.tsv | summary 3 >table.tsv
printf 'scheme\trule\tround\truns\tmean\tspread\n'
cat table.tsv

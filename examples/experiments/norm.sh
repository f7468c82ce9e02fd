#!/bin/sh
# How should batch norm statistics be combined, after how many rounds?   norm.sh NEW-FOLDER
# The rules differ only in inference, so one federation serves for all: running statistics, averaged (as in FEDn) or pooled; exact statistics
# of each clinic's own model, averaged or pooled; exact statistics of the global model, pooled. runs.tsv: scheme, round, rule, seed, accuracy.
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3}" "${ROUNDS:=12}" "${SCORED:=1 2 4 8 12}" "${SCHEMES:=iid dirichlet:0.5}"

note() {
	printf '%s\t%d\t%s\t%d\t%s\n' "$scheme" "$r" "$1" "$seed" "$(score "$2")" >>runs.tsv
}

# Applies every rule to the models of this round
rules() {
	note "running, averaged" model.npz
	aml-fedavg -q --bn pool -o other.npz client0.npz client1.npz client2.npz
	note "running, pooled" other.npz
	for c in 0 1 2; do
		train clinics/partition$c -e 0 --bn exact client$c.npz own$c.npz
	done
	aml-fedavg -q -o other.npz own0.npz own1.npz own2.npz
	note "exact at the clinic, averaged" other.npz
	aml-fedavg -q --bn pool -o other.npz own0.npz own1.npz own2.npz
	note "exact at the clinic, pooled" other.npz
	exact model.npz other.npz clinics/partition0 clinics/partition1 clinics/partition2
	note "exact of the global model, pooled" other.npz
}

rounds() {
	cp init.npz model.npz
	for r in $(seq 1 "$ROUNDS"); do
		for c in 0 1 2; do
			train clinics/partition$c -s $((1000 * seed + r)) model.npz client$c.npz
		done
		aml-fedavg -q -o model.npz client0.npz client1.npz client2.npz
		case " $SCORED " in *" $r "*) rules ;; esac
	done
}

prepare
for scheme in $SCHEMES; do
	for seed in $SEEDS; do
		rm -rf clinics
		share clinics 3 "$scheme" "$seed"
		init "$seed"
		rounds
	done
done
compare 3 "running, averaged" <runs.tsv >table.tsv
printf 'scheme\tround\trule\truns\tmean\tspread\tgain\terror\n'
cat table.tsv

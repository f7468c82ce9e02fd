#!/bin/sh
# How much of the gap between one clinic and all data in one place does federation close?   gap.sh NEW-FOLDER
# Three clinics with similar (iid) or different data (dirichlet:0.5), five seeds, exact batch norm statistics. Writes runs.tsv (scheme, trained
# on, round, seed, accuracy), table.tsv (mean and standard deviation after the last round) and a curve for each scheme.
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3 4 5}" "${ROUNDS:=12}" "${SCHEMES:=iid dirichlet:0.5}"

# alone NAME SCHEME SEED DATASET: trains one epoch in each round, on one dataset
alone() {
	cp init.npz model.npz
	for r in $(seq 1 "$ROUNDS"); do
		train "$4" -s $((1000 * $3 + r)) model.npz next.npz
		mv next.npz model.npz
		exact model.npz scored.npz "$4"
		printf '%s\t%s\t%d\t%d\t%s\n' "$2" "$1" "$r" "$3" "$(score scored.npz)" >>runs.tsv
	done
}

# federated SCHEME SEED
federated() {
	cp init.npz model.npz
	for r in $(seq 1 "$ROUNDS"); do
		for c in 0 1 2; do
			train clinics/partition$c -s $((1000 * $2 + r)) model.npz client$c.npz
		done
		aml-fedavg -q -o model.npz client0.npz client1.npz client2.npz
		exact model.npz scored.npz clinics/partition0 clinics/partition1 clinics/partition2
		printf '%s\tfederation\t%d\t%d\t%s\n' "$1" "$r" "$2" "$(score scored.npz)" >>runs.tsv
	done
}

# The mean over the seeds as a log that aml-curve reads; it knows training and validation, here is only the latter.
log_of() {
	printf 'epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n'
	awk -F '\t' -v s="$1" -v a="$2" '$1 == s && $2 == a { sum[$3] += $5; n[$3]++ }
		END { for (r = 1; r in n; r++) printf "%d\t-\t-\t-\t%.4f\n", r, sum[r] / n[r] }' runs.tsv
}

prepare
for scheme in $SCHEMES; do
	for seed in $SEEDS; do
		rm -rf clinics
		share clinics 3 "$scheme" "$seed"
		init "$seed"
		for c in 0 1 2; do
			alone "one clinic" "$scheme" "$seed" clinics/partition$c
		done
		federated "$scheme" "$seed"
		alone "all in one place" "$scheme" "$seed" pool/partition0
	done
	for arm in "one clinic" federation "all in one place"; do
		log_of "$scheme" "$arm" >"$scheme.$arm.tsv"
	done
	case $scheme in
	iid) data="similar data" ;;
	*) data="different data" ;;
	esac
	for kind in svg png; do
		aml-curve -m accuracy --unit round --from-zero -t "Accuracy, clinics with $data" -o "curve-$scheme.$kind" \
			"one clinic=$scheme.one clinic.tsv" "federation=$scheme.federation.tsv" \
			"all in one place=$scheme.all in one place.tsv"
	done
done
awk -F '\t' -v last="$ROUNDS" '$3 == last' runs.tsv | cut -f 1,2,5 | summary 2 >table.tsv
printf 'scheme\ttrained on\truns\tmean\tspread\n'
cat table.tsv

#!/bin/sh
# How much accuracy do compressed updates cost?   uplink.sh NEW-FOLDER
# Three clinics send whole models, or differences of 8, 4 or 2 bits (aml-delta). runs.tsv: bits, seed, accuracy after the last round;
# size.tsv: bits, size of the first update in bytes.
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3}" "${ROUNDS:=10}" "${BITS:=32 8 4 2}"

# send BITS CLIENT: compresses the model file of the client
send() {
	[ "$1" = 32 ] || { aml-delta -b "$1" -p model.npz "$2" small.npz && mv small.npz "$2"; }
}

prepare
for seed in $SEEDS; do
	rm -rf clinics
	share clinics 3 stratified "$seed"
	init "$seed"
	for bits in $BITS; do
		cp init.npz model.npz
		for r in $(seq 1 "$ROUNDS"); do
			for c in 0 1 2; do
				train clinics/partition$c -s $((1000 * seed + r)) model.npz client$c.npz
				send "$bits" client$c.npz
			done
			[ -e "size.$bits" ] || wc -c <client0.npz >"size.$bits"
			aml-fedavg -q --previous model.npz -o next.npz client0.npz client1.npz client2.npz
			mv next.npz model.npz
		done
		exact model.npz scored.npz clinics/partition0 clinics/partition1 clinics/partition2
		printf '%s\t%d\t%s\n' "$bits" "$seed" "$(score scored.npz)" >>runs.tsv
	done
done
for bits in $BITS; do
	printf '%s\t%s\n' "$bits" "$(cat "size.$bits")"
done >size.tsv
compare 1 32 <runs.tsv >table.tsv
printf 'bits\truns\tmean\tspread\tgain\terror\n'
cat table.tsv

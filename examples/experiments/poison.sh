#!/bin/sh
# How well do mean, median and trimmed mean tolerate one poisoned client of five?   poison.sh NEW-FOLDER
# The fifth client flips every sign of its weights (flip), multiplies its weights by ten (scale), or reverses its update and multiplies
# it by five (reverse). runs.tsv: attack, rule, seed, accuracy, with batch norm statistics of the honest clients; 0 if the weights
# diverged until a client could no longer train.
: "${SIZE:=48}"
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3}" "${ROUNDS:=12}" "${ATTACKS:=none flip scale reverse}" "${RULES:=mean median trimmed:1}"

# poisoned ATTACK: replaces client4.npz by what the malicious client sends
poisoned() {
	case $1 in
	none) return ;;
	flip) poison -- -1 client4.npz poisoned.npz ;;
	scale) poison -- 10 client4.npz poisoned.npz ;;
	reverse) poison -- -5 model.npz client4.npz poisoned.npz ;;
	esac
	mv poisoned.npz client4.npz
}

note() {
	printf '%s\t%s\t%d\t%s\n' "$attack" "$rule" "$seed" "$1" >>runs.tsv
}

rounds() {
	cp init.npz model.npz
	for r in $(seq 1 "$ROUNDS"); do
		for c in 0 1 2 3 4; do
			train clinics/partition$c -s $((1000 * seed + r)) model.npz client$c.npz || { note 0; return; }
		done
		poisoned "$attack"
		aml-fedavg -q -m "$rule" -o next.npz client?.npz
		mv next.npz model.npz
	done
	exact model.npz scored.npz clinics/partition0 clinics/partition1 clinics/partition2 clinics/partition3
	note "$(score scored.npz)"
}

prepare
for seed in $SEEDS; do
	rm -rf clinics
	share clinics 5 iid "$seed"
	init "$seed"
	for attack in $ATTACKS; do
		for rule in $RULES; do
			rounds
		done
	done
done
compare 1 none <runs.tsv >table.tsv
printf 'attack\trule\truns\tmean\tspread\tgain\terror\n'
cat table.tsv

#!/bin/sh
# How well do mean, median, trimmed mean and clipping tolerate one hostile clinic of eight, whose sizes differ 94-fold?
#     unequal.sh NEW-FOLDER [TREE]                       TREE: of cells; the demo's 600
# The smallest, the middle or the largest clinic, all others being honest,
#   reverses its update (reverse), multiplies it by 10 or 1000 (ten, thousand), adds noise to the model that it got, several times as
#   long as an honest update (noise), or files the images of its most frequent class under another (labels).
# The rule clip:F clips at F times the median of the updates' norms, as --clip auto does with its own F.
# runs.tsv: attack, clinic, rule, seed, accuracy on cells held out, with batch norm statistics of the honest clinics; 0 if the weights
# diverged until a clinic could no longer train. table.tsv: mean, standard deviation; distance from honest clinics with the same rule.
: "${SIZE:=16}"
[ $# -lt 2 ] || DATA=$2
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${SEEDS:=1 2 3 4 5}" "${ROUNDS:=5}" "${ATTACKS:=none reverse ten thousand noise labels}" "${CLINICS:=0 3 7}"
: "${RULES:=mean median trimmed:1 clip:1 clip:2 clip:4}"

# deal SEED: links the files of TREE, shuffled, to trees/held-out and trees/0 to trees/7, of which each is 94^(1/7) times as large as
# the one before. The generator is that of Park and Miller, exact in awk's doubles.
deal() {
	rm -rf trees
	find "$DATA" -name '*.tiff' | sort | awk -v seed="$1" '
		{ file[NR] = $0 }
		END {
			x = seed
			for (i = NR; i > 1; i--) {
				x = x * 16807 % 2147483647
				j = x % i + 1
				swap = file[i]; file[i] = file[j]; file[j] = swap
			}
			for (k = 0; k < 8; k++)
				all += 94 ^ (k / 7)
			test = int(NR / 5)
			for (i = 1; i <= NR; i++) {
				while (i > test + (NR - test) * below / all)
					below += 94 ^ (k++ % 8 / 7)
				n = split(file[i], part, "/")
				print file[i] "\t" (i <= test ? "held-out" : k - 9) "/" part[n - 1]
			}
		}' >dealt.tsv
	cut -f 2 dealt.tsv | sort -u | sed 's,^,trees/,' | xargs mkdir -p
	while IFS='	' read -r file to; do
		echo "$file" >>"trees/$to/list"
	done <dealt.tsv
	for list in trees/*/*/list; do
		xargs ln -s -t "${list%/list}" <"$list"
		rm "$list"
	done
}

# turn TREE: files the images of its most frequent class, of several the first, under the class that comes next
turn() {
	most=0 wanted=
	for class in $(echo "$classes,${classes%%,*}" | tr , ' '); do
		[ -z "$wanted" ] || to=$class wanted=
		n=$(find "$1/$class" -type l | wc -l)
		[ "$n" -le "$most" ] || most=$n from=$class wanted=to
	done
	find "$1/$from" -type l -exec mv -t "$1/$to" {} +
}

# pack TREE DATASET: of the classes of all
pack() {
	aml-downsample -q -k -s "$SIZE" -t u1 --classes "$classes" -o "$2" "$1"
}

# clinics SEED: sets/held-out, sets/0 to sets/7, and sets/K.labels
clinics() {
	deal "$1"
	rm -rf sets
	mkdir sets
	for tree in held-out 0 1 2 3 4 5 6 7; do
		mkdir -p "trees/$tree"
		for class in $(echo "$classes" | tr , ' '); do
			mkdir -p "trees/$tree/$class"
		done
		pack "trees/$tree" "sets/$tree"
	done
	for k in $CLINICS; do
		turn "trees/$k"
		pack "trees/$k" "sets/$k.labels"
	done
}

# hostile ATTACK K: replaces clientK.npz by what a hostile clinic sends
hostile() {
	case $1 in
	reverse) poison -- -1 model.npz "client$2.npz" poisoned.npz ;;
	ten) poison -- 10 model.npz "client$2.npz" poisoned.npz ;;
	thousand) poison -- 1000 model.npz "client$2.npz" poisoned.npz ;;
	noise) poison -- noise model.npz "client$2.npz" poisoned.npz ;;
	*) return 0 ;;
	esac
	mv poisoned.npz "client$2.npz"
}

# The bound of clip:F, from the table of updates
bound() {
	aml-fedavg --previous model.npz -o /dev/null client?.npz 2>&1 | awk 'NR > 1 { print $2 }' | sort -g |
		awk -v factor="${rule#clip:}" '{ norm[NR] = $1 } END { printf "%.9g\n", factor * norm[int((NR + 1) / 2)] }'
}

average() {
	case $rule in
	clip:*) aml-fedavg -q --clip "$(bound)" --previous model.npz -o next.npz client?.npz ;;
	*) aml-fedavg -q -m "$rule" -o next.npz client?.npz ;;
	esac
}

note() {
	printf '%s\t%s\t%s\t%d\t%s\n' "$attack" "$clinic" "$rule" "$seed" "$1" >>runs.tsv
}

rounds() {
	cp init.npz model.npz
	for r in $(seq 1 "$ROUNDS"); do
		for k in 0 1 2 3 4 5 6 7; do
			set=sets/$k
			[ "$attack$clinic" != "labels$k" ] || set=$set.labels
			train $set -s $((1000 * seed + r)) model.npz client$k.npz || { note 0; return; }
		done
		hostile "$attack" "$clinic"
		average || { note 0; return; }
		mv next.npz model.npz
	done
	# shellcheck disable=SC2046 # several words
	exact model.npz scored.npz $(seq -f sets/%g 0 7 | grep -v "/$clinic\$")
	note "$(aml-eval -q --json -d sets/held-out scored.npz | sed -n 's/^ *"accuracy": \([^,]*\),*/\1/p')"
}

classes=$(cd "$DATA" && printf '%s\n' */ | tr -d / | paste -s -d ,)
for seed in $SEEDS; do
	clinics "$seed"
	aml-init --size "$SIZE" --classes "$classes" -s "$seed" init.npz
	for attack in $ATTACKS; do
		for clinic in $([ "$attack" = none ] && echo - || echo "$CLINICS"); do
			for rule in $RULES; do
				rounds
			done
		done
	done
done
awk -F '\t' 'BEGIN { OFS = "\t" } { print $3, ($1 == "none" ? "none" : $1 " " $2), $4, $5 }' runs.tsv | compare 2 none >table.tsv
printf 'rule\tattack\truns\tmean\tspread\tloss\terror\n'
cat table.tsv

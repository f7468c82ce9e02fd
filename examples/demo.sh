#!/bin/sh
# The tutorial on 600 real cells, from images to exported models, on a bare machine too: demo.sh [NEW-FOLDER]
# One clinic alone, three clinics federated, all data in one place: compared on the same 120 held-out cells.
set -eu
export LC_ALL=C
ROUNDS=12 BATCH=16 CLINICS="0 1 2"

top=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${BIN:-}" ]; then
	sh "$top/examples/setup.sh"
	make -s -C "$top" -j "$(nproc)"
	BIN=$top/build/release
fi
PATH=$BIN:$PATH

if [ $# -gt 0 ]; then
	mkdir "$1"
	cd "$1"
else
	rm -rf "$top/build/demo"
	mkdir -p "$top/build/demo"
	cd "$top/build/demo"
fi

say() {
	printf '%s\n' "$*"
}

# train DATASET OPTION... IN OUT
train() {
	dataset=$1
	shift
	aml-train -q -d "$dataset" --split all -b $BATCH "$@"
}

prepare() {
	say "600 cells of ten classes to 100 x 100 pixels; 480 for three clinics, 120 held out"
	aml-downsample -q -t u1 -o cells "$top/examples/demo-cells"
	aml-partition -n 5 -S folds cells folds >/dev/null
	aml-partition -n 3 -S stratified --split train folds/partition0 clinics >counts.tsv
	aml-partition -n 1 --split train folds/partition0 together >/dev/null
	aml-partition -n 1 --split valid folds/partition0 held-out >/dev/null
	aml-init -s 1 init.npz
	mkdir models logs
}

train_alone() {
	say "one clinic alone: $ROUNDS epochs on its 160 cells"
	train clinics/partition0 -e $ROUNDS -s 1 --log logs/one-clinic.tsv init.npz models/one-clinic.npz
}

train_together() {
	say "all data in one place: $ROUNDS epochs on 480 cells"
	train together/partition0 -e $ROUNDS -s 1 --log logs/one-place.tsv init.npz models/one-place.npz
}

federate() {
	say "three clinics federated: $ROUNDS rounds of one epoch each, then the mean"
	cp init.npz models/federated.npz
	round=1
	while [ $round -le $ROUNDS ]; do
		for clinic in $CLINICS; do
			train clinics/partition"$clinic" -s $((100 * round + clinic)) --log logs/clinic"$clinic".tsv \
				models/federated.npz client"$clinic".npz
		done
		aml-fedavg -o models/federated.npz client0.npz client1.npz client2.npz 2>fedavg.txt
		log_round
		round=$((round + 1))
	done
}

# exact_statistics MODEL OUT DATASET...: batch norm's mean and variance over the cells of all these
exact_statistics() {
	model=$1 exact=$2
	shift 2
	rm -f statistics*.npz
	count=0
	for cells; do
		train "$cells" -e 0 --bn exact "$model" statistics$count.npz
		count=$((count + 1))
	done
	aml-fedavg --bn pool -o "$exact" statistics*.npz 2>fedavg.txt
}

# score MODEL: loss and accuracy on the held-out cells
score() {
	aml-eval -q -d held-out/partition0 -p - "$1" 2>/dev/null | awk -F '\t' '
		NR == 1 { for (i = 4; i <= NF; i++) column[$i] = i; next }
		{ loss -= log($column[$2]); right += $2 == $3 }
		END { printf "%.6f\t%.4f\n", loss / (NR - 1), right / (NR - 1) }'
}

# A line of the federation's learning curve: the clinics' mean, and the global model on the held-out cells.
log_round() {
	exact_statistics models/federated.npz federated-exact.npz clinics/partition0 clinics/partition1 clinics/partition2
	[ -e logs/federated.tsv ] || head -n 1 logs/clinic0.tsv >logs/federated.tsv
	tail -q -n 1 logs/clinic*.tsv | awk -v round=$round -v valid="$(score federated-exact.npz)" '
		{ loss += $2; accuracy += $3 }
		END { printf "%d\t%.6f\t%.4f\t%s\n", round, loss / NR, accuracy / NR, valid }' >>logs/federated.tsv
}

# row TITLE CELLS MODEL DATASET...
row() {
	title=$1 number=$2 name=models/$3
	shift 3
	exact_statistics "$name".npz "$name"-exact.npz "$@"
	printf '%-26s %5s  %7s  %7s\n' "$title" "$number" "$(score "$name".npz | cut -f 2)" \
		"$(score "$name"-exact.npz | cut -f 2)"
}

compare() {
	say ""
	say "Accuracy on the 120 held-out cells, with batch norm's running and exact statistics:"
	printf '%-26s %5s  %7s  %7s\n' "trained on" cells running exact
	row "one clinic" 160 one-clinic clinics/partition0
	row "three clinics, federated" 480 federated clinics/partition0 clinics/partition1 clinics/partition2
	row "all data in one place" 480 one-place together/partition0
}

draw_and_export() {
	aml-eval -q -d held-out/partition0 -p predictions.tsv models/federated-exact.npz report.json >report.txt
	for kind in svg png; do
		aml-confmat -o confusion.$kind predictions.tsv
		aml-curve -o curve.$kind "one clinic=logs/one-clinic.tsv" "federated=logs/federated.tsv" \
			"one place=logs/one-place.tsv"
	done
	aml-export -f savedmodel -o serving models/federated-exact.npz
	aml-export -f onnx -o federated.onnx models/federated-exact.npz
	rm -f client?.npz statistics*.npz federated-exact.npz fedavg.txt
}

prepare
train_alone
train_together
federate
compare
draw_and_export
say ""
say "In $PWD lie, of the federated model:
  confusion.svg .png   confusion matrix        curve.svg .png   learning curve
  predictions.tsv      each held-out cell      report.txt .json its report by class
  serving/             for TensorFlow Serving  federated.onnx   for ONNX Runtime, OpenVINO
and models/, the weights of all three."

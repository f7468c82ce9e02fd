#!/bin/sh
# Runs the tutorial on 600 real cells, from images to exported models: demo.sh [NEW-FOLDER]
# Compares one clinic alone, three clinics federated, and all data in one place on the same 120 held-out cells.
# On a bare Debian it first installs what it needs.
set -eu
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
-*) echo "demo.sh: unknown option $1; try --help" >&2; exit 2 ;;
esac
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
	say "prepare: 600 cells of ten classes, 100 x 100 pixels; 480 for three clinics, 120 held out"
	aml-downsample -q -t u1 -o cells "$top/examples/demo-cells"
	aml-partition -n 5 -S folds cells folds >/dev/null
	aml-partition -n 3 -S stratified --split train folds/partition0 clinics >counts.tsv
	aml-partition -n 1 --split train folds/partition0 together >/dev/null
	aml-partition -n 1 --split valid folds/partition0 held-out >/dev/null
	aml-init -s 1 init.npz
	mkdir models logs
}

# exact_statistics MODEL OUT DATASET...: computes batch norm's mean and variance over the cells of all datasets
exact_statistics() {
	model=$1 exact=$2
	shift 2
	if [ $# -eq 1 ]; then
		train "$1" -e 0 --bn exact "$model" "$exact"
		return
	fi
	count=0
	for cells; do
		train "$cells" -e 0 --bn exact "$model" statistics$count.npz
		count=$((count + 1))
	done
	aml-fedavg -q --bn pool -o "$exact" statistics?.npz
}

# score MODEL: prints loss and accuracy on the held-out cells
score() {
	aml-eval -q -d held-out/partition0 -p - "$1" 2>/dev/null | awk -F '\t' '
		NR == 1 { for (i = 4; i <= NF; i++) column[$i] = i; next }
		{ loss -= log($column[$2]); right += $2 == $3 }
		END { printf "%.6f\t%.4f\n", loss / (NR - 1), right / (NR - 1) }'
}

# follow NAME EPOCH DATASET...: appends an epoch to the learning curve: training, and held-out cells with exact statistics
follow() {
	name=$1 epoch=$2
	shift 2
	exact_statistics models/"$name".npz models/"$name"-exact.npz "$@"
	[ "$epoch" -gt 1 ] || head -n 1 logs/"$name".0.tsv >logs/"$name".tsv
	tail -q -n 1 logs/"$name".?.tsv | awk -v epoch="$epoch" -v held_out="$(score models/"$name"-exact.npz)" '
		{ loss += $2; accuracy += $3 }
		END { printf "%d\t%.6f\t%.4f\t%s\n", epoch, loss / NR, accuracy / NR, held_out }' >>logs/"$name".tsv
}

# in_one_place NAME DATASET: trains epoch by epoch, resuming from the checkpoint
in_one_place() {
	epoch=1
	while [ $epoch -le $ROUNDS ]; do
		train "$2" -e $epoch -s 1 --checkpoint checkpoint --log logs/"$1".0.tsv init.npz models/"$1".npz
		follow "$1" $epoch "$2"
		epoch=$((epoch + 1))
	done
	rm checkpoint
}

# In each round every clinic trains the global model for an epoch; the mean of the results is the next global model.
federate() {
	cp init.npz models/federated.npz
	round=1
	while [ $round -le $ROUNDS ]; do
		for clinic in $CLINICS; do
			train clinics/partition"$clinic" -s $((100 * round + clinic)) --log logs/federated."$clinic".tsv \
				models/federated.npz client"$clinic".npz
		done
		aml-fedavg -q -o models/federated.npz client0.npz client1.npz client2.npz
		follow federated $round clinics/partition0 clinics/partition1 clinics/partition2
		round=$((round + 1))
	done
	rm client?.npz statistics?.npz
}

# row TITLE CELLS NAME
row() {
	printf '%-26s %5s  %7s  %7s\n' "$1" "$2" "$(score models/"$3".npz | cut -f 2)" \
		"$(score models/"$3"-exact.npz | cut -f 2)"
}

compare() {
	say ""
	say "Accuracy on the 120 held-out cells, with running and with exact batch norm statistics:"
	printf '%-26s %5s  %7s  %7s\n' "trained on" cells running exact
	row "one clinic" 160 one-clinic
	row "three clinics, federated" 480 federated
	row "all data in one place" 480 one-place
}

draw_and_export() {
	aml-eval -q -d held-out/partition0 -p predictions.tsv models/federated-exact.npz report.json
	aml-eval -q -d held-out/partition0 models/federated-exact.npz >report.txt
	for kind in svg png; do
		aml-confmat -o confusion.$kind predictions.tsv
		aml-curve -o curve.$kind "one clinic=logs/one-clinic.tsv" "federated=logs/federated.tsv" \
			"one place=logs/one-place.tsv"
	done
	aml-export -f savedmodel -o serving models/federated-exact.npz
	aml-export -f onnx -o federated.onnx models/federated-exact.npz
}

# One page with all figures and their intervals, the cells it got wrong, and where it looked.
report() {
	aml-report -q -d held-out/partition0 -m models/federated-exact.npz \
		--group "immature granulocytes=PMO,PMB,MYB,MMZ" --group "granulocytes=NGS,NGB,EOS,BAS" \
		--log "one clinic=logs/one-clinic.tsv" --log "federated=logs/federated.tsv" --log "one place=logs/one-place.tsv" \
		--title "Federated model, 120 held-out cells" -o report.html predictions.tsv
}

# must_hold FILE...: none of them is missing or empty
must_hold() {
	for file; do
		[ -s "$file" ] || { echo "demo.sh: $PWD/$file is missing or empty" >&2; exit 1; }
	done
}

prepare
say "train at one clinic alone: $ROUNDS epochs on its 160 cells"
in_one_place one-clinic clinics/partition0
say "train three clinics federated: $ROUNDS rounds of one epoch each on 160 cells, then the mean"
federate
say "train on all data in one place: $ROUNDS epochs on 480 cells"
in_one_place one-place together/partition0
compare
draw_and_export
report
must_hold report.html confusion.svg confusion.png curve.svg curve.png predictions.tsv report.txt report.json \
	serving/1/saved_model.pb federated.onnx
say ""
say "Results of the federated model, in $PWD:
  report.html          open it in a browser: all figures, with intervals, and the cells it got wrong
  confusion.svg .png   confusion matrix        curve.svg .png   learning curve
  predictions.tsv      each held-out cell      report.txt .json report for each class
  serving/             for TensorFlow Serving  federated.onnx   for ONNX Runtime, OpenVINO
The weights of all three are in models/."

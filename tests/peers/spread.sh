#!/bin/sh
# Do the curves of aml-train lie within the spread of Keras's? spread.sh TREE FOLDER
# Trains on the pictures TREE/CLASS/ID.tiff by both programs: EPOCHS (20) epochs, SEEDS (5) seeds, one tenth of the images
# held out, the same for all. FOLDER gets the datasets and a table a run, which the next call takes as it is: a call that was
# stopped goes on. TSV on standard output, see spread.py for the exit status. BIN, PYTHON and PEERS_VENV as for bench.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${here%/tests/peers}
: "${BIN:=$root/build/release}" "${EPOCHS:=20}" "${SEEDS:=5}"
tree=$1 folder=$2

# shellcheck source=tests/peers/environment.sh
. "$here/environment.sh"
PEERS_VENV=${PEERS_VENV:-$(cd "$root" && peers_environment new -r "$here/requirements.txt" && echo "$PEERS_VENV")}
export PATH="$BIN:$PATH" LC_ALL=C TF_CPP_MIN_LOG_LEVEL=3 PYTHONDONTWRITEBYTECODE=1
unset AML_DATASET

# enough TABLE: whether it has a row for every epoch.
enough() {
	[ -e "$1" ] && [ "$(wc -l < "$1")" -gt "$EPOCHS" ]
}

ours() {
	aml-init -s "$1" "$folder/start.npz"
	rm -f "$folder/log.tsv"
	aml-train -d "$data" -e "$EPOCHS" -s "$1" --log "$folder/log.tsv" "$folder/start.npz" "$folder/ours-$1.npz"
	mv "$folder/log.tsv" "$folder/ours-$1.tsv"
}

mkdir -p "$folder"
data=$folder/parts/partition0
valid=$folder/valid/partition0
[ -e "$folder/all/labels.npy" ] || aml-downsample -s 100 -o "$folder/all" "$tree" >&2
[ -e "$data" ] || aml-partition -q -n 1 "$folder/all" "$folder/parts" >&2
# What aml-train holds out of $data by default.
[ -e "$valid" ] || aml-partition -q -n 1 --split valid "$data" "$folder/valid" >&2

for seed in $(seq 0 $((SEEDS - 1))); do
	enough "$folder/ours-$seed.tsv" || ours "$seed"
done
for seed in $(seq 0 $((SEEDS - 1))); do
	enough "$folder/keras-$seed.tsv" || "$PEERS_VENV/bin/python" "$here/spread.py" keras \
		"$data" "$valid" "$folder/keras-$seed.tsv" --seed "$seed" --epochs "$EPOCHS"
done
exec "$PEERS_VENV/bin/python" "$here/spread.py" table "$folder" --seeds "$SEEDS" --epochs "$EPOCHS"

# shellcheck shell=sh
# Shared by the experiments; to be sourced. $BIN: folder of the tools (build/release), $DATA: tree of cells (the demo's 600), $SIZE: width and
# height in pixels (100; at 48, a model takes a fifth of the space and of the time).
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${BIN:=$top/build/release}" "${DATA:=$top/examples/demo-cells}" "${BATCH:=16}" "${SIZE:=100}"
DATA=$(cd "$DATA" && pwd)
PATH=$BIN:$BIN/experiments:$PATH
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
-*) echo "${0##*/}: unknown option $1; try --help" >&2; exit 2 ;;
esac
out=${1:?usage: $0 NEW-FOLDER}
mkdir "$out"
cd "$out"

# Holds out one fifth of DATA; the rest is for training: held-out/partition0, pool/partition0.
prepare() {
	aml-downsample -q -s "$SIZE" -t u1 -o cells "$DATA"
	aml-partition -n 5 -S folds cells folds >/dev/null
	aml-partition -n 1 --split train folds/partition0 pool >/dev/null
	aml-partition -n 1 --split valid folds/partition0 held-out >/dev/null
}

# share FOLDER CLIENTS SCHEME SEED
share() {
	aml-partition -n "$2" -S "$3" -s "$4" pool/partition0 "$1" >"$1".tsv
}

# init SEED: init.npz
init() {
	aml-init --size "$SIZE" -s "$1" init.npz
}

train() {
	dataset=$1
	shift
	aml-train -q -d "$dataset" --split all -b "$BATCH" "$@"
}

# score MODEL: prints the accuracy on the held-out cells
score() {
	aml-eval -q --json -d held-out/partition0 "$1" | sed -n 's/^ *"accuracy": \([^,]*\),*/\1/p'
}

# exact MODEL OUT DATASET...: computes exact batch norm statistics at each client, and pools them
exact() {
	from=$1 to=$2 k=0
	shift 2
	for cells; do
		train "$cells" -e 0 --bn exact "$from" exact.$k.npz
		k=$((k + 1))
	done
	aml-fedavg -q --bn pool -o "$to" exact.*.npz
	rm -f exact.*.npz
}

# summary COLUMN-COUNT < TSV: prints mean and standard deviation of the last column over rows with equal first columns
summary() {
	awk -F '\t' -v n="$1" 'BEGIN { OFS = "\t" }
		{ key = $1; for (i = 2; i <= n; i++) key = key OFS $i
		  if (!(key in count)) order[++keys] = key
		  count[key]++; sum[key] += $NF; square[key] += $NF * $NF }
		END { for (i = 1; i <= keys; i++) { k = order[i]; m = sum[k] / count[k]
			v = count[k] > 1 ? (square[k] - count[k] * m * m) / (count[k] - 1) : 0
			printf "%s\t%d\t%.3f\t%.3f\n", k, count[k], m, (v > 0 ? sqrt(v) : 0) } }'
}

# compare COLUMN BASE < TSV: rows end in seed and value. Mean and standard deviation over the seeds; then the same seed's distance from
# the row that has BASE in COLUMN: mean and its standard error
compare() {
	awk -F '\t' -v column="$1" -v base="$2" 'BEGIN { OFS = "\t" }
		{ value = $NF; seed = $(NF - 1); NF -= 2; key = $0; $column = base
		  if (!(key in count)) { order[++keys] = key; partner[key] = $0 }
		  seeds[key, ++count[key]] = seed; of[key, seed] = value }
		END { for (i = 1; i <= keys; i++) { k = order[i]; n = count[k]; sum = square = far = far2 = 0
			for (s = 1; s <= n; s++) {
				v = of[k, seeds[k, s]]; d = v - of[partner[k], seeds[k, s]]
				sum += v; square += v * v; far += d; far2 += d * d }
			printf "%s\t%d\t%.3f\t%.3f\t%+.3f\t%.3f\n", k, n, sum / n, deviation(sum, square, n), far / n,
				deviation(far, far2, n) / sqrt(n) } }
		function deviation(sum, square, n) {
			v = n > 1 ? (square - sum * sum / n) / (n - 1) : 0
			return v > 0 ? sqrt(v) : 0 }'
}

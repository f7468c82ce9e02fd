#!/bin/sh
# How do time and memory grow with the work?   load.sh NEW-FOLDER
# IMAGES images of 400 x 400 in the proportions of AML-Cytomorphology through the whole pipeline, ROWS predictions, CLIENTS models of a
# small network, TRAIL models of which each was made from the last; each also with a half, a quarter and an eighth of it. Then
# partitions where there are no hard links. 12 GB of disk for the images, 20 GB in all; PARTS selects.
# runs.tsv: job, N, exit status, seconds, those of processors, MiB of its own memory, MiB of files' pages in memory, open files, the last three
# at their most. table.tsv: for each job the last of these, and the powers of N with which processor seconds and memory grow.
# load.svg draws them.
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${PARTS:=images predictions clients trail links}" "${SHARES:=8 4 2 1}"
: "${IMAGES:=18365}" "${ROWS:=1000000}" "${CLIENTS:=3000}" "${TRAIL:=10000}"

# job NAME N COMMAND...: measures it; what it prints goes to last.out
job() {
	printf '%s\t%s\n' "$1" "$2" >&2
	measure -o runs.tsv -- "$@" >last.out
}

# fewer TREE SHARE OUT: every SHAREth image of each class, by links
fewer() {
	for class in "$1"/*; do
		mkdir -p "$3/${class##*/}"
		find "$class" -name '*.tiff' | sort | awk -v share="$2" 'NR % share == 0' | xargs -r ln -t "$3/${class##*/}"
	done
}

# use DATASET KIND: trains, evaluates and reports
use() {
	job "train $2" "$n" aml-train -q -d "$1" -s 1 --log log.tsv init.npz model.npz
	job "train exact $2" "$n" aml-train -q -d "$1" -e 0 --bn exact model.npz exact.npz
	job "eval $2" "$n" aml-eval -q -d "$1" -p predictions.tsv exact.npz report.json
	job "report $2" "$n" aml-report -q -d "$1" -m exact.npz --log log.tsv -o report.html predictions.tsv
	job "info $2" "$n" aml-info "$1"
	rm log.tsv
}

judge() {
	job score "$n" aml-score predictions.tsv
	job confmat "$n" aml-confmat -o confusion.svg predictions.tsv
	job roc "$n" aml-roc --class NGS -o roc.svg predictions.tsv
	job calibrate "$n" aml-calibrate predictions.tsv exact.npz calibrated.npz
}

pipeline() {
	job downsample "$n" aml-downsample -q -s "$SIZE" -t u1 -o data "$1"
	job 'downsample packed' "$n" aml-downsample -q -s "$SIZE" -t u1 --packed -o packed "$1"
	job partition "$n" aml-partition -n 3 -S stratified data parts
	job 'partition packed' "$n" aml-partition -n 3 -S stratified packed packed-parts
	rm -r parts packed-parts
	use data files
	use packed packed
	find "$1" -name '*.tiff' >names
	job predict "$n" sh -c 'exec aml-predict exact.npz - <names'
	judge
	job explain "$n" aml-explain -q -o map.png exact.npz "$(head -n 1 names)"
	job 'export onnx' "$n" aml-export -f onnx -o model.onnx exact.npz
	job 'export savedmodel' "$n" aml-export -f savedmodel -o serving exact.npz
	job 'info model' "$n" aml-info exact.npz
	rm -r data packed serving model.onnx
}

images() {
	aml-init --size "$SIZE" -s 1 init.npz
	many_cells -n "$IMAGES" "$DATA" all
	for share in $SHARES; do
		fewer all "$share" some
		n=$(find some -name '*.tiff' | wc -l)
		pipeline some
		rm -r some
	done
	rm -r all
}

# rows N SEED: predictions of N images by a model that is right in seven of ten
rows() {
	awk -v n="$1" -v seed="$2" 'BEGIN {
		split("BAS EBO EOS KSC LYA LYT MMZ MOB MON MYB MYO NGB NGS PMB PMO", code, " ")
		split("79 78 424 15 11 3937 15 26 1789 42 3268 109 8484 18 70", count, " ")
		srand(1)
		for (i = 1; i <= n; i++) truth[i] = drawn()
		srand(seed)
		printf "id\ttrue\tpredicted"
		for (c = 1; c <= 15; c++) printf "\t%s", code[c]
		for (i = 1; i <= n; i++) {
			guess = rand() < .7 ? truth[i] : drawn()
			sure = .3 + .69 * rand()
			printf "\nimage%07d\t%s\t%s", i, code[truth[i]], code[guess]
			for (c = 1; c <= 15; c++) printf "\t%.6g", c == guess ? sure : (1 - sure) / 14
		}
		print ""
	}
	function drawn(  r, c) {
		r = rand() * 18365
		for (c = 1; c < 15 && r >= count[c]; c++) r -= count[c]
		return c
	}'
}

predictions() {
	aml-init --size "$SIZE" -s 1 exact.npz
	rows "$ROWS" 2 >all.tsv
	rows "$ROWS" 3 >other-all.tsv
	for share in $SHARES; do
		n=$((ROWS / share))
		head -n $((n + 1)) all.tsv >predictions.tsv
		head -n $((n + 1)) other-all.tsv >other.tsv
		awk -F '\t' 'NR > 1 { print $1 "\t" int(NR / 50) }' predictions.tsv >patients.tsv
		for_rows
	done
	rm all.tsv other-all.tsv predictions.tsv other.tsv patients.tsv
}

for_rows() {
	job 'score rows' "$n" aml-score predictions.tsv
	job 'score patients' "$n" aml-score --patients patients.tsv predictions.tsv
	job 'confmat rows' "$n" aml-confmat -o confusion.svg predictions.tsv
	job 'roc rows' "$n" aml-roc --class NGS -o roc.svg predictions.tsv
	job 'calibrate rows' "$n" aml-calibrate predictions.tsv exact.npz calibrated.npz
	job 'compare rows' "$n" aml-compare predictions.tsv other.tsv
	job 'report rows' "$n" aml-report -q -o report.html predictions.tsv
}

clients() {
	mkdir clients
	for seed in $(seq "$CLIENTS"); do
		aml-init --size 12 --classes 2 -s "$seed" "clients/$(printf %05d "$seed").npz"
	done
	for share in $SHARES; do
		n=$((CLIENTS / share))
		find clients -name '*.npz' | sort | head -n $n >names
		for method in 'mean --equal' median trimmed:1; do
			# shellcheck disable=SC2046,SC2086 # lists of words
			job "fedavg $method" $n aml-fedavg -q -m $method -o mean.npz $(cat names)
		done
		job 'info of a mean' $n aml-info mean.npz
	done
	rm -r clients
}

trail() {
	mkdir trail
	aml-init --size 12 --classes 2 -s 1 trail/00000.npz
	done=1
	for share in $SHARES; do
		n=$((TRAIL / share))
		while [ $done -lt $n ]; do
			aml-fedavg -q --equal -o "trail/$(printf %05d $done).npz" "trail/$(printf %05d $((done - 1))).npz"
			done=$((done + 1))
		done
		job 'info --trail' $n aml-info --trail trail
	done
	rm -r trail
}

links() {
	many_cells -n $((IMAGES / 8)) "$DATA" some
	aml-downsample -q -s "$SIZE" -t u1 -o whole some
	n=$((IMAGES / 8))
	for how in link copy move; do
		cp -r whole data
		printf 'no links: %s\t%s\n' $how $n >&2
		measure --no-links -o runs.tsv -- "no links: $how" $n aml-partition --$how -n 3 data parts >last.out || :
		rm -rf data parts
	done
	rm -r some whole
}

# What each job took with the most work, and the slopes over the logarithm of N by least squares; no slope where it is too small to tell.
table() {
	awk -F '\t' 'BEGIN { OFS = "\t"; least[5] = .05; least[6] = 4; least[7] = 16
		print "job", "N", "exit", "s", "cpu s", "power", "own MiB", "power", "files MiB", "power", "open files" }
	{
		if (!($1 in runs)) order[++jobs] = $1
		r = ++runs[$1]; most[$1] = $0; n[$1, r] = $2
		for (i = 5; i <= 7; i++) value[$1, i, r] = $i
	}
	END { for (j = 1; j <= jobs; j++) { name = order[j]; split(most[name], f, FS)
		print name, f[2], f[3], f[4], f[5], power(5), f[6], power(6), f[7], power(7), f[8] } }
	function power(i,  r, x, y, sx, sy, sxx, sxy, k) {
		k = runs[name]; sx = sy = sxx = sxy = 0
		if (value[name, i, k] < least[i] || k < 2) return "-"
		for (r = 1; r <= k; r++) {
			x = log(n[name, r]); y = log(value[name, i, r] + 1e-3)
			sx += x; sy += y; sxx += x * x; sxy += x * y
		}
		return sprintf("%.2f", (k * sxy - sx * sy) / (k * sxx - sx * sx))
	}'
}

# A panel for each job: processor time, own memory and files' pages as shares of their values with the most work, over the share of the work; the
# dashed line is growth in proportion.
draw() {
	awk -F '\t' 'BEGIN { W = 176; H = 120; P = 84; COLUMNS = 5; colour[5] = "#0072b2"; colour[6] = "#d55e00"; colour[7] = "#999999" }
	{
		if (!($1 in runs)) order[++jobs] = $1
		r = ++runs[$1]; n[$1, r] = $2
		for (i = 5; i <= 7; i++) value[$1, i, r] = $i
	}
	END {
		rows = int((jobs - 1) / COLUMNS) + 1
		printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"10\">\n", \
			COLUMNS * W + 16, rows * (H + 36) + 40
		print "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
		text(12, 18, colour[5], "processor time"); text(92, 18, colour[6], "own memory"); text(164, 18, colour[7], "pages of files")
		text(250, 18, "black", "as shares of the values with the most work; dashed: in proportion")
		for (j = 1; j <= jobs; j++) if (runs[order[j]] > 1) {
			panel(order[j], 12 + panels % COLUMNS * W, 36 + int(panels / COLUMNS) * (H + 36))
			panels++
		}
		print "</svg>"
	}
	function text(x, y, fill, words) { printf "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", x, y, fill, words }
	function panel(name, x, y,  i, r, k, top) {
		k = runs[name]
		text(x, y + 10, "black", name ", N = " n[name, k])
		text(x, y + 22, colour[5], sprintf("%.3g s", value[name, 5, k]))
		text(x + 52, y + 22, colour[6], sprintf("%.3g MiB", value[name, 6, k]))
		text(x + 110, y + 22, colour[7], sprintf("%.3g MiB", value[name, 7, k]))
		printf "<path d=\"M%d %dv%dh%d\" fill=\"none\" stroke=\"black\"/>\n", x, y + H - P, P, W - 24
		printf "<path d=\"M%d %dl%d %d\" stroke=\"black\" stroke-dasharray=\"2 3\"/>\n", x, y + H, W - 24, -P / 1.25
		for (i = 7; i >= 5; i--) {
			printf "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"", colour[i]
			for (r = 1; r <= k; r++) {
				top = value[name, i, r] / (value[name, i, k] + 1e-9) / 1.25
				printf "%.1f,%.1f ", x + (W - 24) * n[name, r] / n[name, k], y + H - P * (top > 1 ? 1 : top)
			}
			print "\"/>"
		}
	}'
}

for part in $PARTS; do
	case $part in
	images | predictions | clients | trail | links) $part ;;
	*) echo "load.sh: no part $part" >&2; exit 2 ;;
	esac
done
table <runs.tsv | tee table.tsv
draw <runs.tsv >load.svg

#!/bin/sh
# Which outputs depend on the instruction set, on the kernels of OpenBLAS, on the compiler, on the system?   reproduce.sh NEW-FOLDER
# Runs a small pipeline as ISAS (of AML_ISA) and CORES (of OPENBLAS_CORETYPE, with AML_ISA=blas) say, and with the tools in the folders
# OTHERS, such as those that another compiler built. table.tsv: variant, output, "same" as those of the first instruction set, or the largest
# difference between two numbers of the text. FIRST is the folder first/ of an earlier run, perhaps on another system, to compare with instead.
: "${SIZE:=20}" "${BATCH:=8}"
FIRST=${FIRST:+$(cd "$FIRST" && pwd)}
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${ISAS:=avx512 avx2 sse2 neon ref blas}" "${CORES=Prescott Nehalem Sandybridge Haswell Zen SkylakeX}" "${OTHERS:=}" "${EPOCHS:=3}"

# pipeline FOLDER: all outputs, there
pipeline() {
	mkdir "$1"
	aml-downsample -q -s "$SIZE" -o "$1"/data "$DATA"
	find "$1"/data -name '*.npy' | sort | xargs cat >"$1/resized images"
	aml-partition -q -n 2 "$1"/data "$1"/parts >"$1"/partition.tsv
	aml-init --size "$SIZE" -s 1 "$1"/init.npz
	for k in 0 1; do
		aml-train -q -d "$1"/parts/partition$k --split all -b "$BATCH" -e "$EPOCHS" -s 1 "$1"/init.npz "$1"/trained$k.npz
	done
	aml-fedavg -q -o "$1"/mean.npz "$1"/trained0.npz "$1"/trained1.npz
	aml-eval -q -d "$1"/data -p "$1"/predictions.tsv "$1"/trained0.npz "$1"/evaluation.json
	rm -r "$1"/data "$1"/parts
	shared "$1"
}

# The numbers that all variants share are those of the first.
take_first() {
	cp first/predictions.tsv first/trained0.npz first/trained1.npz .
}

# shared FOLDER: what follows from numbers that are the same in every variant
shared() {
	[ -e predictions.tsv ] || take_first
	aml-fedavg -q -o "$1/mean of the same.npz" trained0.npz trained1.npz
	aml-eval -q -d "$same" -p "$1/predictions of the same.tsv" trained0.npz "$1/evaluation of the same.json"
	aml-score predictions.tsv >"$1"/scores.txt
	aml-confmat -o "$1"/confusion.svg predictions.tsv
	aml-confmat -o "$1"/confusion.png predictions.tsv
	aml-export -f onnx -o "$1"/model.onnx trained0.npz
}

# difference A B: the largest between numbers in the same place of two texts
difference() {
	tr -s ',:\t {}[]' '\n' <"$1" >a.words
	tr -s ',:\t {}[]' '\n' <"$2" | paste a.words - | awk '
		$1 ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ && $2 ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ {
			d = $1 > $2 ? $1 - $2 : $2 - $1
			if (d > most) most = d
		}
		END { printf "%.2g\n", most }'
}

# judge VARIANT: a row for each output
judge() {
	for file in first/*; do
		name=${file#first/}
		if cmp -s "$file" "$1/$name"; then
			verdict=same
		else
			case $name in
			*.tsv | *.txt | *.json) verdict=$(difference "$file" "$1/$name") ;;
			*) verdict=other ;;
			esac
		fi
		printf '%s\t%s\t%s\n' "$1" "$name" "$verdict" >>table.tsv
	done
}

same=$PWD/same
[ -z "$FIRST" ] || { cp -R "$FIRST" first && take_first; }
aml-downsample -q -s "$SIZE" -o same "$DATA"
first=$FIRST
for isa in $ISAS; do
	AML_ISA=$isa aml-train --version >/dev/null 2>&1 || continue
	[ -n "$first" ] || { first=$isa && AML_ISA=$isa pipeline first; }
	AML_ISA=$isa pipeline "$isa"
	judge "$isa"
done
for core in $CORES; do
	OPENBLAS_CORETYPE=$core AML_ISA=blas pipeline "blas-$core"
	judge "blas-$core"
done
for other in $OTHERS; do
	path=$PATH PATH=$other:$PATH name=built-$(basename "$other")
	pipeline "$name"
	PATH=$path
	judge "$name"
done
rm -r same
awk -F '\t' 'BEGIN { OFS = "\t" } { row = $1; if (!(row in seen)) { seen[row] = 1; rows[++n] = row }
	if (!($2 in column)) { column[$2] = ++columns; head[columns] = $2 } cell[row, column[$2]] = $3 }
	END { line = "output"; for (i = 1; i <= n; i++) line = line OFS rows[i]; print line
		for (c = 1; c <= columns; c++) { line = head[c]; for (i = 1; i <= n; i++) line = line OFS cell[rows[i], c]; print line } }' table.tsv

#!/usr/bin/env bash
# The makefiles and the Slurm script of examples/: what they repeat, and what an interrupted run leaves.
. "${0%/*}/../lib.sh"

for class in BAS EOS LYT NGS; do
	mkdir -p "cells/$class"
	find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 10 | xargs cp -t "cells/$class"
done
aml-downsample -q -s 20 -o dataset cells
aml-partition -n 2 -s 1 dataset parts >/dev/null

# recipe NAME VARIABLE=VALUE...: runs examples/NAME.mk in the folder NAME, in a process group of its own
recipe() {
	local name=$1
	shift
	run setsid -w make -s -f "$TOP/examples/$name.mk" WORK="$name" SIZE=20 "$@"
}

# A program instead of TOOL that counts its calls, or kills make after half of its output.
mkdir counting killing
for tool in aml-train aml-eval aml-partition sort; do
	real=$(command -v $tool)
	printf '#!/bin/sh\necho %s >>"%s/calls"\nexec "%s" "$@"\n' $tool "$PWD" "$real" >counting/$tool
	printf '#!/bin/sh\necho half\nkill -KILL 0\n' >killing/$tool
done
chmod +x counting/* killing/*
trained() { grep -c aml-train calls; }

for name in federation crossval sweep; do
	case $name in
	federation) vars=(CLIENTS="0 1" DATA_0=parts/partition0 DATA_1=parts/partition1 ROUNDS=2) jobs=4 ;;
	crossval) vars=(DATA=dataset FOLDS=2) jobs=2 ;;
	sweep) vars=(DATA=dataset RATES="1e-3 3e-4" BATCHES=8) jobs=2 ;;
	esac
	PATH=$PWD/counting:$PATH
	: >calls
	recipe $name "${vars[@]}" TRAIN="-e 1"
	exits 0 "$name"
	check "$name trains each job" test "$(trained)" -eq "$jobs"
	recipe $name "${vars[@]}" TRAIN="-e 1"
	check "$name run again trains nothing" test "$(trained)" -eq "$jobs"
	recipe $name "${vars[@]}" TRAIN="-e 2"
	exits 0 "$name with another TRAIN"
	check "$name trains all again" test "$(trained)" -eq $((2 * jobs))
	recipe $name "${vars[@]}" TRAIN="-e 2"
	check "$name and then no more" test "$(trained)" -eq $((2 * jobs))
	PATH=${PATH#*:}
	check "$name leaves no file of another name" test -z "$(find $name -name '*.new')"
done
PATH=$PWD/counting:$PATH
recipe sweep DATA=dataset RATES=1e-3 BATCHES=8 TRAIN="-e 2"
check "a sweep over less trains nothing" test "$(trained)" -eq 4
check "and its table has one row" test "$(wc -l <sweep/table.tsv)" -eq 2
recipe federation CLIENTS=0 DATA_0=parts/partition0 ROUNDS=1 TRAIN="-e 2"
check "a federation of one client is another" test "$(trained)" -eq 5
PATH=${PATH#*:}

# killed NAME TOOL FILE VARIABLE=VALUE...: make is killed while TOOL writes FILE
killed() {
	local name=$1 tool=$2 file=$3
	shift 3
	rm -rf "$name" one && mkdir one && cp "killing/$tool" one
	PATH=$PWD/one:$PATH recipe "$name" "$@"
	check "make is killed in $tool" test "$status" -ne 0
	check "$name: nothing half done as $file" test ! -e "$name/$file"
	recipe "$name" "$@"
	exits 0 "$name goes on"
	check "$name: whole then" test -s "$name/$file"
}
federation=(CLIENTS=0 DATA_0=parts/partition0 ROUNDS=1)
killed federation aml-train 1/0.npz "${federation[@]}"
killed federation aml-eval 1/0.json "${federation[@]}" validate
killed crossval aml-partition folds.tsv DATA=dataset FOLDS=2 TRAIN=
killed sweep sort table.tsv DATA=dataset RATES=1e-3 BATCHES=8 TRAIN=

# ---- Slurm: its options, with an sbatch that only counts ----
printf '#!/bin/sh\necho x >>"%s/jobs"\nwc -l <"%s/jobs"\n' "$PWD" "$PWD" >counting/sbatch
chmod +x counting/sbatch
PATH=$PWD/counting:$PATH
federate() { run "$TOP/examples/slurm/federate.sh" "$@"; }
federate
exits 2 "federate.sh without datasets"
check "the options that it names are those that it takes" test "$(grep -o '\[-[a-zA-Z] ' "$err" | tr -d '[ -' | sort | tr -d '\n')" = \
	"$(sed -n 's/^while getopts \([a-zA-Z:]*\) .*/\1/p' "$TOP/examples/slurm/federate.sh" | tr -d : | fold -w 1 | sort | tr -d '\n')"
federate -w slurm -r 2 -S 20 -t "-e 2" parts/partition0 parts/partition1
exits 0 "two rounds are submitted"
check "as four jobs, the last of which is told" test "$(tr -d ' ' <"$out")" = 4
check "the datasets are listed" test "$(wc -l <slurm/datasets)" -eq 2
federate -w slurm -r 3 -S 20 -t "-e 2" parts/partition0 parts/partition1
exits 0 "more rounds go on"
federate -w slurm -r 3 -S 20 -t "-e 3" parts/partition0 parts/partition1
fails_with "other options or datasets" "other options in the same folder"
federate -w slurm -r 3 -S 20 -t "-e 2" parts/partition0
fails_with "other options or datasets" "other datasets in the same folder"
end

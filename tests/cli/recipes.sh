#!/usr/bin/env bash
# The makefiles of examples/: what they repeat, and what an interrupted run leaves.
# shellcheck disable=SC2317 # run_rows calls the functions
. "${0%/*}/../lib.sh"
# shellcheck source=tests/printed.sh
. "$TESTS/printed.sh"
# shellcheck source=tests/stand_ins.sh
. "$TESTS/stand_ins.sh"

for class in BAS EOS LYT NGS; do
	mkdir -p "cells/$class"
	find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 10 | xargs -d '\n' cp -t "cells/$class"
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

# ---- other data in the same place, and what is no data ----
mkdir fewer && cp -r cells/BAS cells/EOS cells/LYT fewer
aml-downsample -q -s 20 -o fewer-cells fewer
find fewer-cells -exec touch -d '2001-01-01' {} +
# swapped NAME VARIABLE=VALUE...: DATA is replaced by a dataset that is older than all that was made of the first
swapped() {
	local name=$1
	shift
	rm -rf "$name" data
	cp -r dataset data
	recipe "$name" TRAIN="-e 1" "$@"
	exits 0 "$name"
	cp "$out" ../first
	rm -r data
	cp -rp fewer-cells data
	recipe "$name" TRAIN="-e 1" "$@"
	exits 0 "$name of other data in the same place"
}
images() { awk -F '\t' '$1 ~ /^[0-9]+$/ { n += $2 } END { print n }' "$1"; }
swapped crossval DATA=data FOLDS=2 table
check "crossval: the folds are of all 40 images" test "$(images ../first)" -eq 40
check "crossval: and then of the other 30" test "$(images "$out")" -eq 30
recipe crossval TRAIN="-e 1" DATA=data FOLDS=3 table
check "crossval: three folds" test "$(grep -c '^[0-9]' "$out")" -eq 3
check "crossval: of all images" test "$(images "$out")" -eq 30
swapped sweep DATA=data RATES=1e-3 BATCHES=8
check "sweep: the other table" bash -c "! cmp -s ../first '$out'"
rm sweep/*.log
recipe sweep TRAIN="-e 1" DATA=data RATES="1e-3 3e-4" BATCHES=8
exits 2 "a table without one of its logs"
check "sweep: which is told" grep -q 'sweep/1e-3_8_0.log is missing' "$err"

examples_of() { aml-info --json "$1" | sed -n 's/^ *"num_examples": \([0-9]*\),*/\1/p' | head -n 1; }
aml-partition -n 3 -s 1 dataset thirds >/dev/null
three=(DATA_0=thirds/partition0 DATA_1=thirds/partition1 DATA_2=thirds/partition2 ROUNDS=2 TRAIN="--split all")
rm -rf federation
recipe federation CLIENTS="0 1 2" "${three[@]}"
check "federation: all images of three clinics" test "$(examples_of federation/2/global.npz)" -eq 40
recipe federation CLIENTS="0 1" "${three[@]}"
check "federation: one less" test "$(examples_of federation/2/global.npz)" -lt 40
recipe federation CLIENTS="0 1 2" "${three[@]}"
check "federation: and back" test "$(examples_of federation/2/global.npz)" -eq 40
rm -rf federation data
cp -r dataset data
recipe federation CLIENTS="0 1" "${three[@]}" DATA_1=data
rm -r data
cp -rp fewer-cells data
recipe federation CLIENTS="0 1" "${three[@]}" DATA_1=data
check "federation: other data in the same place" test "$(examples_of federation/2/global.npz)" -eq 44
aml-init --size 20 -s 7 seven.npz
aml-init --size 20 -s 8 eight.npz
touch -d '2001-01-01' eight.npz
recipe federation CLIENTS=0 "${three[@]}" INIT=seven.npz
mv eight.npz seven.npz
recipe federation CLIENTS=0 "${three[@]}" INIT=seven.npz
same federation/0/global.npz seven.npz "federation: another initial model in the same place"
cp -r federation ../before
# no_federation TEXT VARIABLE=VALUE...: make fails and says TEXT
no_federation() {
	local text=$1
	shift
	recipe federation "${three[@]}" INIT=seven.npz "$@"
	exits 2 "federation: $text"
	check "'$text' is told" grep -qF -- "$text" "$err"
}
no_federation "nowhere is not a dataset, labels.npy is missing; give DATA_CLIENT=FOLDER" CLIENTS="0 1" DATA_1=nowhere
no_federation "2001 is not a dataset" CLIENTS="0 2001"
no_federation "a client twice: 0 0" CLIENTS="0 0"
no_federation "CLIENTS is empty" CLIENTS=
no_federation "ROUNDS is '0'" CLIENTS=0 ROUNDS=0
check "the models are those of before" diff -rq -x options ../before federation
recipe crossval DATA=nowhere
check "crossval: no dataset is told" grep -q "nowhere is not a dataset, labels.npy is missing" "$err"
recipe sweep DATA=nowhere
check "sweep: no dataset is told" grep -q "nowhere is not a dataset, labels.npy is missing" "$err"

mkdir "in a folder"
cp "$TOP"/examples/*.mk "in a folder"
for name in federation crossval sweep; do
	run make -s -f "in a folder/$name.mk" help
	exits 0 "$name: help"
	stderr_is_empty "$name: help"
	stdout_has "make -f $name.mk"
	while read -r target; do
		check "$name: help has $target" grep -qE "^  $target  " "$out"
	done < <(sed -n 's/^\.PHONY: \(all .*\)/\1/p' "$TOP/examples/$name.mk" | tr ' ' '\n')
done

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

# ---- keys and a ledger, one client here and one behind what stands for ssh ----
export HOST_ROOT=$PWD/there
stand_in_ssh
signed() {
	recipe federation WORK=signed CLIENTS="0 1" DATA_0=parts/partition0 DATA_1=parts/partition1 ROUNDS=2 TRAIN= \
		HOST_1=me@there KEY_0=0.key KEY_1="$PWD/1.key" LEDGER=ledger "$@"
}
if command -v ssh-keygen >/dev/null; then
	ssh-keygen -q -t ed25519 -N '' -f 0.key && ssh-keygen -q -t ed25519 -N '' -f 1.key
	signed
	exits 0 "federation with keys"
	check "a signature beside each model" test -s signed/2/0.npz.sig -a -s signed/2/1.npz.sig
	check "a line a round, both signed" test "$(grep -c '"signed": true.*"signed": true' ledger)" -eq 2
	signed record
	exits 0 "record"
	check "which averages each again" test "$(grep -c 'again: the same model, the same updates' "$out")" -eq 2
	rm signed/2/global.npz
	printf x >>signed/2/1.npz
	signed
	check "an altered model stops it" grep -q 'signed/2/1.npz.sig: does not sign this file' "$err"
	check "and is not averaged" test ! -e signed/2/global.npz
	rm signed/2/1.npz
	signed
	exits 0 "made again, it goes on"
	check "in the same line" test "$(wc -l <ledger)" -eq 2
else
	skip "no ssh-keygen, no signatures"
fi

# ---- the command lines in the makefiles' heads, as they stand ----
rows() {
	cat <<-'TABLE'
	examples/federation.mk | make -f federation.mk -j CLIENTS="north south east" | federation_line
	examples/crossval.mk   | make -f crossval.mk -j 2 DATA=dataset | crossval_line
	examples/sweep.mk      | make -f sweep.mk -j 2 DATA=dataset    | sweep_line
	TABLE
}
mkdir lines
aml-partition -q -n 3 -s 1 dataset lines/parts >/dev/null
cp "$TOP"/examples/*.mk lines
# line BLOCK: runs it beside the makefiles, on small pictures
line() {
	cd lines && SIZE=20 run sh -eu "$1"
	cd .. && exits 0 "$(head -n 1 "$1")"
}
federation_line() {
	mkdir -p lines/data "$HOST_ROOT/srv"
	mv lines/parts/partition0 lines/data/north
	mv lines/parts/partition1 lines/data/east
	mv lines/parts/partition2 "$HOST_ROOT/srv/cells"
	line "$1"
	check "ten rounds of three clients" test "$(find lines/federation -name '*.npz' | wc -l)" -eq 41
}
crossval_line() {
	ln -s ../dataset lines/dataset
	line "$1"
	check "five folds" test "$(grep -c '^[0-4]	' "$out")" -eq 5
	check "the matrix" test -s lines/crossval/confusion.svg
}
sweep_line() {
	line "$1"
	check "a row for each of twelve, twenty epochs" test "$(cut -f 4 "$out" | grep -cx 20)" -eq 12
}
# shellcheck disable=SC2119 # all of them
run_rows
for name in federation crossval sweep; do all_have_rows examples/$name.mk; done
end

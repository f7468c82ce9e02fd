#!/usr/bin/env bash
# System calls that fail, by strace: what cannot be looked at is not absent, and what cannot be removed is named.
. "${0%/*}/../lib.sh"
. "$TESTS/small.sh"
. "$TESTS/traced.sh"

# with PATH FAULT COMMAND...: the calls on PATH, as the tool names it, fail
with() {
	local path=$1 fault=$2
	shift 2
	run strace -f --quiet=all -o ../trace -P "$path" -e inject="$fault" "$@"
}
stat='?newfstatat,?statx,?stat,?lstat'

# each_look PATH DESCRIPTION COMMAND...: whichever of the looks at PATH fails, and is no trouble the next moment, is told
each_look() {
	local path=$1 what=$2 n=0
	shift 2
	while n=$((n + 1)) && with "$path" "$stat:error=EIO:when=$n" "$@" && grep -q INJECTED ../trace; do
		# of an open file stdio asks, too, and needs no answer
		grep INJECTED ../trace | grep -q AT_EMPTY_PATH && continue
		fails_with "$path: Input/output error" "$what, look $n"
	done
	check "$what: looked at" test "$n" -gt 1
}

make_small
train=(aml-train -q -j1 -d data -b 8 --checkpoint ck --log log.tsv -e 2 start.npz out.npz)
aml-train -q -j1 -d data -b 8 --checkpoint ck --log log.tsv start.npz one.npz
cp ck ck.before
cp log.tsv log.before

# ---- absence is ENOENT alone, also if the failure has passed when the file is opened ----

each_look cells/BAS "a class folder that cannot be looked at" aml-downsample -q -s 20 -o new cells
rm -r new
with cells/BAS "$stat:error=EACCES" aml-downsample -q -k -s 20 -o new cells
fails_with "cells/BAS: Permission denied" "nor is it left out with -k"
check "nothing is written" test ! -e new
"${train[@]}"
mv out.npz want.npz
for n in 1 2 3 4 5 6 7 8; do
	cp ck.before ck
	cp log.before log.tsv
	rm -f out.npz
	with ck "$stat:error=EIO:when=$n" "${train[@]}"
	if [ "$status" -eq 0 ]; then
		same want.npz out.npz "look $n at a checkpoint is done again"
	else
		fails_with "ck: Input/output error" "look $n at a checkpoint"
		run "${train[@]}"
		same want.npz out.npz "the same command again goes on with it"
	fi
done
with out.npz "$stat:error=EIO:when=1..3" "${train[@]}"
fails_with "out.npz: Input/output error" "an output that cannot be looked at"
each_look start.npz-metadata "a file that tells who calls" aml-train -q -d data -b 8 start.npz fedn.npz
for file in labels.npy classes.tsv trainids.npy valids.npy images.npy; do
	each_look "data/$file" "a dataset's $file" aml-eval -q -d data start.npz
done
round=(aml-fedavg -q --server-opt adam --previous start.npz --state state -o round.npz one.npz)
with state "$stat:error=EIO" "${round[@]}"
fails_with "state: Input/output error" "the state of a server"
cp one.npz copy.npz
each_look copy.npz "a model that may be another one" aml-fedavg -q -o mean.npz one.npz copy.npz
each_look copy.npz "an output that may be the input" aml-eval -q -d data -p copy.npz copy.npz
same one.npz copy.npz "which stays"
mkdir -p trail/site
cp one.npz start.npz trail
cp one.npz trail/site/same.npz
each_look trail/site "a folder within a trail" aml-info --trail trail
with trail/start.npz openat:error=EMFILE aml-info --trail trail
fails_with "trail/start.npz: Too many open files" "a parent that cannot be opened is not told to be missing"
aml-export -f savedmodel -o served start.npz
with served/1 getdents64:error=EIO aml-export -f savedmodel -o served one.npz
fails_with "served/1: Input/output error" "a version whose other files cannot be seen"
each_look served "a folder of versions" aml-export -f savedmodel -o served one.npz
mkdir empty
each_look empty "a folder for parts" aml-partition -q -n 2 data empty

# ---- what could not be removed ----

run strace -f --quiet=all -o /dev/null -e inject='?unlink,?unlinkat:error=EIO' aml-init --size 20 --classes 4 init.npz
fails_with "is left, and cannot be removed: Input/output error" "a temporary that stays"
left=$(sed 's/^aml-init: //; s/: is left.*//' "$err")
check "is named" test -f "$left"
rm -f "$left"
run strace -f --quiet=all -o /dev/null -e inject='?unlink,?unlinkat:error=EIO:when=1' aml-init --size 20 --classes 4 init.npz
exits 0 "one that went at the second try"
check "leaves nothing" test -z "$(find . -maxdepth 1 -name '.*.npz*')"
n=0
while n=$((n + 1)) && run strace -f --quiet=all -o ../trace -e inject="$stat:error=EIO:when=$n+" aml-init --size 20 --classes 4 looked.npz &&
	grep -q INJECTED ../trace; do
	left=$(find . -maxdepth 1 -name '.looked.npz*')
	rm -f looked.npz "${left:-none}"
	check "look $n and all after it fail: nothing is left" test -z "$left"
done
check "looks fail" test "$n" -gt 1
cp -r data moved
with moved rmdir:error=EACCES aml-partition -q --move -n 2 moved parts
fails_after_output "moved: Permission denied" "a folder of a dataset that was moved"
run strace -f --quiet=all -o /dev/null -e inject='?rename,?renameat2:error=EACCES' aml-init --size 20 --classes 4 other.npz
fails_with "other.npz: Permission denied" "a new file that may not be renamed"
check "leaves nothing" test -z "$(find . -maxdepth 1 -name '*other.npz*')"
run strace -f --quiet=all -o /dev/null -e inject=write:error=ENOSPC:when=1 aml-init --size 20 --classes 4 other.npz
fails_with "other.npz: No space left on device" "a full disk"

# ---- a signal while an output has a temporary name ----

for signal in INT TERM; do
	{ run heeds_int strace -f --quiet=all -o ../trace -e inject=fsync:signal=$signal:when=1 \
		aml-explain -q -o map.png start.npz "$(find cells/BAS -name '*.tiff' | head -n 1)"; } 2>/dev/null
	exits $((128 + $(kill -l $signal))) "SIG$signal while a picture is written"
	check "... under a temporary name" grep -q '^[0-9]* *openat.*\.map\.png\.aml-' ../trace
	check "leaves nothing" test -z "$(find . -maxdepth 1 -name '*map.png*')"
done

end
